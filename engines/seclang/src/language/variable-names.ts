/** Variables with members that a selector can choose from. */
export const collectionNames = [
  'ARGS',
  'ARGS_GET',
  'ARGS_GET_NAMES',
  'ARGS_NAMES',
  'ARGS_POST',
  'ARGS_POST_NAMES',
  'ENV',
  'FILES',
  'FILES_NAMES',
  'FILES_SIZES',
  'FILES_TMPNAMES',
  'FILES_TMP_CONTENT',
  'GEO',
  'GLOBAL',
  'IP',
  'MATCHED_VARS',
  'MATCHED_VARS_NAMES',
  'MULTIPART_FILENAME',
  'MULTIPART_NAME',
  'MULTIPART_PART_HEADERS',
  'REQUEST_COOKIES',
  'REQUEST_COOKIES_NAMES',
  'REQUEST_HEADERS',
  'REQUEST_HEADERS_NAMES',
  'RESOURCE',
  'RESPONSE_HEADERS',
  'RESPONSE_HEADERS_NAMES',
  'RULE',
  'SESSION',
  'TX',
  'USER',
  'XML',
] as const

/** Variables with one value. */
export const scalarNames = [
  'ARGS_COMBINED_SIZE',
  'AUTH_TYPE',
  'DURATION',
  'FILES_COMBINED_SIZE',
  'FULL_REQUEST',
  'FULL_REQUEST_LENGTH',
  'HIGHEST_SEVERITY',
  'INBOUND_DATA_ERROR',
  'MATCHED_VAR',
  'MATCHED_VAR_NAME',
  'MODSEC_BUILD',
  'MSC_PCRE_ERROR',
  'MSC_PCRE_LIMITS_EXCEEDED',
  'MULTIPART_BOUNDARY_QUOTED',
  'MULTIPART_BOUNDARY_WHITESPACE',
  'MULTIPART_CRLF_LF_LINES',
  'MULTIPART_DATA_AFTER',
  'MULTIPART_DATA_BEFORE',
  'MULTIPART_FILE_LIMIT_EXCEEDED',
  'MULTIPART_HEADER_FOLDING',
  'MULTIPART_INVALID_HEADER_FOLDING',
  'MULTIPART_INVALID_PART',
  'MULTIPART_INVALID_QUOTING',
  'MULTIPART_LF_LINE',
  'MULTIPART_MISSING_SEMICOLON',
  'MULTIPART_STRICT_ERROR',
  'MULTIPART_UNMATCHED_BOUNDARY',
  'OUTBOUND_DATA_ERROR',
  'PATH_INFO',
  'QUERY_STRING',
  'REMOTE_ADDR',
  'REMOTE_HOST',
  'REMOTE_PORT',
  'REMOTE_USER',
  'REQBODY_ERROR',
  'REQBODY_ERROR_MSG',
  'REQBODY_PROCESSOR',
  'REQBODY_PROCESSOR_ERROR',
  'REQBODY_PROCESSOR_ERROR_MSG',
  'REQUEST_BASENAME',
  'REQUEST_BODY',
  'REQUEST_BODY_LENGTH',
  'REQUEST_FILENAME',
  'REQUEST_LINE',
  'REQUEST_METHOD',
  'REQUEST_PROTOCOL',
  'REQUEST_URI',
  'REQUEST_URI_RAW',
  'RESPONSE_BODY',
  'RESPONSE_CONTENT_LENGTH',
  'RESPONSE_CONTENT_TYPE',
  'RESPONSE_PROTOCOL',
  'RESPONSE_STATUS',
  'SERVER_ADDR',
  'SERVER_NAME',
  'SERVER_PORT',
  'SESSIONID',
  'STATUS_LINE',
  'TIME',
  'TIME_DAY',
  'TIME_EPOCH',
  'TIME_HOUR',
  'TIME_MIN',
  'TIME_MON',
  'TIME_SEC',
  'TIME_WDAY',
  'TIME_YEAR',
  'UNIQUE_ID',
  'URLENCODED_ERROR',
  'USERID',
  'WEBAPPID',
] as const

/** Name of a variable with members. */
export type CollectionName = (typeof collectionNames)[number]

/** Name of a variable with one value. */
export type ScalarName = (typeof scalarNames)[number]

/** Canonical (upper-case) name of a variable. */
export type VariableName = CollectionName | ScalarName

/** All names. */
export const variableNames: readonly VariableName[] = [...collectionNames, ...scalarNames]

const byName: ReadonlyMap<string, VariableName> = new Map(variableNames.map((name) => [name, name]))
const scalars: ReadonlySet<string> = new Set(scalarNames)

/** True for a variable without members. */
export function isScalar(name: VariableName): name is ScalarName {
  return scalars.has(name)
}

const aliases: Readonly<Record<string, VariableName>> = {
  MULTIPART_SEMICOLON_MISSING: 'MULTIPART_MISSING_SEMICOLON',
  REMOTE_HOSTNAME: 'REMOTE_HOST',
  STATUS: 'RESPONSE_STATUS',
  REQUEST_BODY_PROCESSOR: 'REQBODY_PROCESSOR',
  REQUEST_BODY_PROCESSOR_ERROR: 'REQBODY_PROCESSOR_ERROR',
}

/** Variables of the language that are refused, each with the reason shown to the user. */
export const unsupportedVariables: Readonly<Record<string, string>> = {
  WEBSERVER_ERROR_LOG: 'there is no web server error log inside the engine',
  PERF_ALL: 'the engine has no clock',
  PERF_COMBINED: 'the engine has no clock',
  PERF_GC: 'the engine has no clock',
  PERF_LOGGING: 'the engine has no clock',
  PERF_PHASE1: 'the engine has no clock',
  PERF_PHASE2: 'the engine has no clock',
  PERF_PHASE3: 'the engine has no clock',
  PERF_PHASE4: 'the engine has no clock',
  PERF_PHASE5: 'the engine has no clock',
  PERF_RULES: 'the engine has no clock',
  PERF_SREAD: 'the engine has no clock',
  PERF_SWRITE: 'the engine has no clock',
  SCRIPT_BASENAME: 'only meaningful inside Apache',
  SCRIPT_FILENAME: 'only meaningful inside Apache',
  SCRIPT_GID: 'only meaningful inside Apache',
  SCRIPT_GROUPNAME: 'only meaningful inside Apache',
  SCRIPT_MODE: 'only meaningful inside Apache',
  SCRIPT_UID: 'only meaningful inside Apache',
  SCRIPT_USERNAME: 'only meaningful inside Apache',
  USERAGENT_IP: 'only meaningful inside Apache',
  STREAM_INPUT_BODY: 'bodies are buffered; use REQUEST_BODY',
  STREAM_OUTPUT_BODY: 'bodies are buffered; use RESPONSE_BODY',
  SDBM_DELETE_ERROR: 'collections are kept by the host',
}

/** Canonical name of a variable written in any case, or null when there is none. */
export function canonicalVariable(written: string): VariableName | null {
  const upper = written.toUpperCase()
  const alias = Object.hasOwn(aliases, upper) ? aliases[upper] : undefined
  if (alias !== undefined) return alias
  return byName.get(upper) ?? null
}
