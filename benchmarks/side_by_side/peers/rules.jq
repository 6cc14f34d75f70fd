# The three rules; one line for each finding.
if .detail then
  .detail
  | select(.eventName == "ConsoleLogin" and .responseElements.ConsoleLogin == "Success" and .additionalEventData.MFAUsed == "No")
  | "aws|\(.userIdentity.userName)|\(.eventTime[:10])"
else
  select(.riskState == "atRisk") | "entra|\(.userId)|\((.createdDateTime // .activityDateTime)[:10])"
end
