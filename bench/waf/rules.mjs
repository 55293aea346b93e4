// The rule set of the benchmark: CRS with default settings at one paranoia level, the same text for both engines.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'

/** Settings that both engines read before CRS. */
export function ruleText(crsRules, { paranoia = 1, engine = 'On' } = {}) {
  return `
SecRuleEngine ${engine}
SecRequestBodyAccess On
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" "id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecArgumentsLimit 100000
SecRule REQBODY_ERROR "!@eq 0" "id:200002,phase:2,t:none,log,deny,status:400,msg:'Failed to parse request body.',severity:2"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" "id:200003,phase:2,t:none,log,deny,status:400,msg:'Multipart strict'"
SecPcreMatchLimit 100000
SecPcreMatchLimitRecursion 100000
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html text/xml application/json
SecResponseBodyLimit 524288
SecResponseBodyLimitAction ProcessPartial
SecArgumentSeparator &
SecCookieFormat 0
SecAuditEngine Off
SecDefaultAction "phase:1,log,auditlog,pass"
SecDefaultAction "phase:2,log,auditlog,pass"
SecCollectionTimeout 600
SecAction "id:900990,phase:1,nolog,pass,t:none,setvar:tx.crs_setup_version=4280"
SecAction "id:900000,phase:1,nolog,pass,t:none,setvar:tx.blocking_paranoia_level=${paranoia}"
${readdirSync(crsRules)
  .filter((name) => name.endsWith('.conf'))
  .sort()
  .map((name) => `Include ${join(crsRules, name)}`)
  .join('\n')}
`
}

/** Files for compileRuleSet: names relative to the including file, no patterns. */
export const files = {
  resolve: (path, from) => [isAbsolute(path) ? path : resolve(dirname(from), path)],
  read: (path) => readFileSync(path, 'latin1'),
}
