import { RiskDetection, SignIn } from "@microsoft/microsoft-graph-types-beta";
export interface SignInPage { value: SignIn[]; }
export interface RiskDetectionPage { value: RiskDetection[]; }
