import { oneOf, parseEngineMode, parseSwitch } from './control-action.ts'
import type { Word } from './directive-words.ts'
import { parseNumber } from './number-argument.ts'
import type { EngineSettings } from './rule-set-source.ts'
import { FaultSignal } from './seclang-error.ts'

/** Sets one thing from the argument of a directive. */
type SettingReader = (settings: EngineSettings, word: Word) => void

const maxBytes = 1_099_511_627_776

function bytes(assign: (settings: EngineSettings, value: number) => void): SettingReader {
  return (settings, word) =>
    assign(settings, parseNumber(word.text, { min: 0, max: maxBytes, offset: word.offset }))
}

function text(assign: (settings: EngineSettings, value: string) => void): SettingReader {
  return (settings, word) => assign(settings, word.text)
}

function toggle(assign: (settings: EngineSettings, value: boolean) => void): SettingReader {
  return (settings, word) => assign(settings, parseSwitch(word.text, word.offset))
}

function choice<T>(
  meanings: Readonly<Record<string, T>>,
  assign: (settings: EngineSettings, value: T) => void,
): SettingReader {
  return (settings, word) => assign(settings, oneOf(word.text, meanings, word.offset))
}

const limitActions = { reject: 'reject', processpartial: 'process-partial' } as const
const auditEngines = { on: 'on', off: 'off', relevantonly: 'relevant-only' } as const

/** Directives with one argument that set one value; keys are lower case. */
export const settingDirectives: Readonly<Record<string, SettingReader>> = {
  secargumentseparator: readSeparator,
  secargumentslimit: bytes((settings, value) => (settings.argumentsLimit = value)),
  secauditengine: choice(auditEngines, (settings, value) => (settings.auditEngine = value)),
  secauditlogformat: choice(
    { json: 'json', native: 'native' } as const,
    (settings, value) => (settings.auditLogFormat = value),
  ),
  secauditlogparts: text((settings, value) => (settings.auditLogParts = value.toUpperCase())),
  secauditlogrelevantstatus: text((settings, value) => (settings.auditLogRelevantStatus = value)),
  seccollectiontimeout: bytes((settings, value) => (settings.collectionTimeoutSeconds = value)),
  seccomponentsignature: text((settings, value) => settings.componentSignatures.push(value)),
  seccookieformat: choice({ 0: 0, 1: 1 } as const, (settings, value) => (settings.cookieFormat = value)),
  seccookiev0separator: text((settings, value) => (settings.cookieSeparator = value)),
  secrequestbodyaccess: toggle((settings, value) => (settings.requestBodyAccess = value)),
  secrequestbodyjsondepthlimit: bytes((settings, value) => (settings.requestBodyJsonDepthLimit = value)),
  secrequestbodylimit: bytes((settings, value) => (settings.requestBodyLimit = value)),
  secrequestbodylimitaction: choice(
    limitActions,
    (settings, value) => (settings.requestBodyLimitAction = value),
  ),
  secrequestbodynofileslimit: bytes((settings, value) => (settings.requestBodyNoFilesLimit = value)),
  secresponsebodyaccess: toggle((settings, value) => (settings.responseBodyAccess = value)),
  secresponsebodylimit: bytes((settings, value) => (settings.responseBodyLimit = value)),
  secresponsebodylimitaction: choice(
    limitActions,
    (settings, value) => (settings.responseBodyLimitAction = value),
  ),
  secruleengine: (settings, word) => (settings.engine = parseEngineMode(word.text, word.offset)),
  secsensorid: text((settings, value) => (settings.sensorId = value)),
  secserversignature: text((settings, value) => (settings.serverSignature = value)),
  secuploadfilelimit: bytes((settings, value) => (settings.uploadFileLimit = value)),
  secwebappid: text((settings, value) => (settings.webAppId = value)),
  secxmlexternalentity: readExternalEntity,
  secparsexmlintoargs: choice(
    { on: 'on', off: 'off', onlyargs: 'only-args' } as const,
    (settings, value) => (settings.xmlIntoArgs = value),
  ),
}

function readSeparator(settings: EngineSettings, word: Word): void {
  if (word.text.length !== 1) {
    throw new FaultSignal('WAF_RULE_ARGUMENT', 'expected one character', {
      offset: word.offset,
      token: word.text,
    })
  }
  settings.argumentSeparator = word.text
}

function readExternalEntity(_settings: EngineSettings, word: Word): void {
  if (!parseSwitch(word.text, word.offset)) return
  throw new FaultSignal('WAF_RULE_UNSUPPORTED', 'external XML entities are never loaded', {
    offset: word.offset,
    token: word.text,
  })
}

/** Directives that other implementations need and that mean nothing here, with the reason given in the warning. */
export const ignoredDirectives: Readonly<Record<string, string>> = {
  secauditlog: 'the host decides where audit logs go',
  secauditlog2: 'the host decides where audit logs go',
  secauditlogdirmode: 'the host decides where audit logs go',
  secauditlogfilemode: 'the host decides where audit logs go',
  secauditlogprefix: 'the host decides where audit logs go',
  secauditlogstoragedir: 'the host decides where audit logs go',
  secauditlogtype: 'the host decides where audit logs go',
  seccachetransformations: 'transformations are always shared',
  secchrootdir: 'the host starts the process',
  secconnengine: 'the edge limits connections',
  secconnreadstatelimit: 'the edge limits connections',
  secconnwritestatelimit: 'the edge limits connections',
  seccontentinjection: 'responses are never changed',
  secdatadir: 'the host stores collections',
  secdebuglog: 'use explain',
  secdebugloglevel: 'use explain',
  secdisablebackendcompression: 'the edge decides about compression',
  secgeolookupdb: 'the host looks up locations',
  secgsblookupdb: 'there is no such service any more',
  secguardianlog: 'not offered',
  sechashengine: 'not offered',
  sechashkey: 'not offered',
  sechashmethodpm: 'not offered',
  sechashmethodrx: 'not offered',
  sechashparam: 'not offered',
  sechttpblkey: 'no look-ups over the network',
  secinterceptonerror: 'errors always end in a verdict',
  secpcrematchlimit: 'matching is linear and has a step budget',
  secpcrematchlimitrecursion: 'matching is linear and has a step budget',
  secreadstatelimit: 'the edge limits connections',
  secrequestbodyinmemorylimit: 'bodies stay in memory up to their limit',
  secrequestencoding: 'values are byte strings',
  secruleinheritance: 'one rule set per site',
  secruleperftime: 'use the bench command',
  secstatusengine: 'nothing is ever sent anywhere',
  secstreaminbodyinspection: 'bodies are buffered up to their limit',
  secstreamoutbodyinspection: 'bodies are buffered up to their limit',
  sectmpdir: 'no temporary files',
  sectmpsaveuploadedfiles: 'no temporary files',
  secunicodecodepage: 'code page 20127 is built in',
  secunicodemapfile: 'code page 20127 is built in',
  secuploaddir: 'uploads are not stored',
  secuploadfilemode: 'uploads are not stored',
  secuploadkeepfiles: 'uploads are not stored',
  secwritestatelimit: 'the edge limits connections',
}

/** Directives that are refused: leaving them out silently would drop protection that somebody relies on. */
export const refusedDirectives: Readonly<Record<string, string>> = {
  secremoterules: 'rules are never loaded over the network; install them with a pinned digest',
  secremoterulesfailaction: 'rules are never loaded over the network; install them with a pinned digest',
  secrulescript: 'Lua scripts are never run',
}

/** Directives with a reader of their own, lower case. */
export const structuralDirectives = [
  'include',
  'includeoptional',
  'secaction',
  'secdefaultaction',
  'secmarker',
  'secresponsebodymimetype',
  'secresponsebodymimetypesclear',
  'secrule',
  'secruleremovebyid',
  'secruleremovebymsg',
  'secruleremovebytag',
  'secruleupdateactionbyid',
  'secruleupdatetargetbyid',
  'secruleupdatetargetbymsg',
  'secruleupdatetargetbytag',
] as const

/** Spelling of every directive as the manuals write it, by lower-case name. */
export const directiveSpelling: ReadonlyMap<string, string> = new Map(
  [
    'Include IncludeOptional SecAction SecArgumentSeparator SecArgumentsLimit SecAuditEngine SecAuditLog SecAuditLog2 SecAuditLogDirMode',
    'SecAuditLogFileMode SecAuditLogFormat SecAuditLogParts SecAuditLogPrefix SecAuditLogRelevantStatus',
    'SecAuditLogStorageDir SecAuditLogType SecCacheTransformations SecChrootDir SecCollectionTimeout',
    'SecComponentSignature SecConnEngine SecConnReadStateLimit SecConnWriteStateLimit SecContentInjection',
    'SecCookieFormat SecCookieV0Separator SecDataDir SecDebugLog SecDebugLogLevel SecDefaultAction',
    'SecDisableBackendCompression SecGeoLookupDb SecGsbLookupDb SecGuardianLog SecHashEngine SecHashKey',
    'SecHashMethodPm SecHashMethodRx SecHashParam SecHttpBlKey SecInterceptOnError SecMarker SecPcreMatchLimit',
    'SecPcreMatchLimitRecursion SecReadStateLimit SecRemoteRules SecRemoteRulesFailAction SecRequestBodyAccess',
    'SecRequestBodyInMemoryLimit SecRequestBodyJsonDepthLimit SecRequestBodyLimit SecRequestBodyLimitAction',
    'SecRequestBodyNoFilesLimit SecRequestEncoding SecResponseBodyAccess SecResponseBodyLimit',
    'SecResponseBodyLimitAction SecResponseBodyMimeType SecResponseBodyMimeTypesClear SecRule SecRuleEngine',
    'SecRuleInheritance SecRulePerfTime SecRuleRemoveById SecRuleRemoveByMsg SecRuleRemoveByTag SecRuleScript',
    'SecRuleUpdateActionById SecRuleUpdateTargetById SecRuleUpdateTargetByMsg SecRuleUpdateTargetByTag SecSensorId',
    'SecServerSignature SecStatusEngine SecStreamInBodyInspection SecStreamOutBodyInspection SecTmpDir',
    'SecTmpSaveUploadedFiles SecUnicodeCodePage SecUnicodeMapFile SecUploadDir SecUploadFileLimit SecUploadFileMode',
    'SecUploadKeepFiles SecWebAppId SecWriteStateLimit SecXmlExternalEntity SecParseXmlIntoArgs',
  ].flatMap((line) => line.split(' ').map((name): [string, string] => [name.toLowerCase(), name])),
)
