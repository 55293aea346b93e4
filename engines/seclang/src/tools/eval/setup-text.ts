/** Which of the usual settings a tool wants. */
export interface SetupOptions {
  /** Blocking paranoia level of CRS, 1 to 4. */
  readonly paranoia?: number
  /** `test` matches without blocking and with the limits of CRS's own tests. */
  readonly mode: 'block' | 'test'
}

/** Engine settings before CRS, for tools that run it from a folder: body processors, limits, strictness rules. */
export function engineSetup({ mode }: SetupOptions): string {
  return `
SecRuleEngine ${mode === 'test' ? 'DetectionOnly' : 'On'}
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecRequestBodyLimitAction Reject
SecRequestBodyJsonDepthLimit 512
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html text/xml application/json
SecResponseBodyLimit 1048576
SecResponseBodyLimitAction ProcessPartial
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" \\
  "id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/json" \\
  "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQUEST_HEADERS:Content-Type "^application/[a-z0-9.-]+[+]json" \\
  "id:200006,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQBODY_ERROR "!@eq 0" \\
  "id:200002,phase:2,t:none,log,deny,status:400,msg:'Failed to parse request body.',logdata:'%{reqbody_error_msg}',severity:2"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" \\
  "id:200003,phase:2,t:none,log,deny,status:400,msg:'Multipart request body failed strict validation.'"
SecRule MULTIPART_UNMATCHED_BOUNDARY "@eq 1" \\
  "id:200004,phase:2,t:none,log,deny,msg:'Multipart parser detected a possible unmatched boundary.'"
`
}

/** Settings after CRS's own set-up file and before its rules. */
export function crsSetup({ mode, paranoia }: SetupOptions): string {
  const level = paranoia ?? (mode === 'test' ? 4 : 1)
  const lines = [`SecAction "id:900000,phase:1,pass,t:none,nolog,setvar:tx.blocking_paranoia_level=${level}"`]
  if (mode === 'test') {
    const limits = {
      arg_length: 400,
      total_arg_length: 6400,
      max_file_size: 64_100,
      combined_file_sizes: 65_535,
    }
    const ids = [900_320, 900_330, 900_340, 900_350]
    for (const [index, [name, value]] of Object.entries(limits).entries()) {
      lines.push(`SecAction "id:${ids[index] ?? 0},phase:1,pass,t:none,nolog,setvar:tx.${name}=${value}"`)
    }
  }
  return `${lines.join('\n')}\n`
}
