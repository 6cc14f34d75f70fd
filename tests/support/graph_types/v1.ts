import { DirectoryAudit, RiskDetection, SignIn } from "@microsoft/microsoft-graph-types";
export interface SignInPage { value: SignIn[]; }
export interface RiskDetectionPage { value: RiskDetection[]; }
export interface DirectoryAuditPage { value: DirectoryAudit[]; }
