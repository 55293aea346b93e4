import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { builtinRules } from '@sevenfold/seclang'
import type { RuleText } from '@sevenfold/seclang'
import { listRuleFiles, readRuleFile } from './disk-rule-files.ts'
import { hubRules } from './hub-rules.ts'

function readAll(paths: readonly string[]): RuleText[] {
  return paths.map((file) => ({ file, text: readRuleFile(file) }))
}

/** Ids of the rules that are added here; outside the ranges of CRS (9xxxxx) and of our own rules (77xxxx). */
const setupIds = { builtin: 769_901, crs: 769_902, xml: 769_903, json: 769_904, longBody: 769_905 } as const

/** Rules that only say that a body is cut off or malformed: 770111 and 770112 are ours, the others those of CRS. */
const wholeBodyRules = [770_111, 770_112, 920_130, 920_140] as const

/**
 * Of a body over `inspectedBodySize` the inspection sees the first part alone: that it does not end well is then no
 * finding. What the part holds is judged like any other body.
 */
function longBodyRule(inspectedBytes: number): RuleText {
  const removals = wholeBodyRules.map((id) => `ctl:ruleRemoveById=${id}`).join(',')
  const text = `SecRule REQUEST_HEADERS:Content-Length "@gt ${inspectedBytes}" "id:${setupIds.longBody},phase:1,pass,nolog,t:none,${removals}"\n`
  return { file: 'long-body', text }
}

/** What a Core Rule Set expects of its surroundings (its installation guide: the recommended engine settings). */
const engineSettings: RuleText = {
  file: 'engine-settings',
  text: [
    'SecRuleEngine On',
    'SecRequestBodyAccess On',
    'SecResponseBodyAccess On',
    'SecResponseBodyMimeType text/plain text/html text/xml',
    'SecResponseBodyLimit 524288',
    'SecResponseBodyLimitAction ProcessPartial',
    `SecRule REQUEST_HEADERS:Content-Type "@rx ^(?:application(?:/soap\\+|/)|text/)xml" "id:${setupIds.xml},phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"`,
    `SecRule REQUEST_HEADERS:Content-Type "@rx ^application/(?:[a-z0-9.-]+\\+)?json" "id:${setupIds.json},phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"`,
    '',
  ].join('\n'),
}

function builtin(paranoia: number): RuleText[] {
  const setup = `SecAction "id:${setupIds.builtin},phase:1,pass,nolog,setvar:tx.sf_paranoia=${paranoia}"\n`
  return [{ file: 'paranoia', text: setup }, ...builtinRules]
}

/** A Core Rule Set: its set-up file (own or the example), our paranoia level, its rules in the order of their names. */
function coreRuleSet(folder: string, paranoia: number): RuleText[] {
  const setup = ['crs-setup.conf', 'crs-setup.conf.example']
    .map((name) => join(folder, name))
    .find(existsSync)
  const levels = ['blocking_paranoia_level', 'detection_paranoia_level', 'paranoia_level']
  // Without the mark of its set-up file a Core Rule Set refuses every request.
  const mark = setup === undefined ? ',setvar:tx.crs_setup_version=400' : ''
  const actions = levels.map((name) => `setvar:tx.${name}=${paranoia}`).join(',') + mark
  const rules = existsSync(join(folder, 'rules')) ? join(folder, 'rules') : folder
  const isRules = (path: string): boolean => !path.endsWith('crs-setup.conf')
  return [
    engineSettings,
    ...(setup === undefined ? [] : readAll([setup])),
    { file: 'paranoia', text: `SecAction "id:${setupIds.crs},phase:1,pass,nolog,${actions}"\n` },
    ...readAll(listRuleFiles(join(rules, '*.conf')).filter(isRules)),
  ]
}

/** Folders that hold a published Core Rule Set. */
export function coreFolders(texts: readonly RuleText[]): ReadonlySet<string> {
  return new Set(
    texts.filter(({ file }) => basename(file).startsWith('REQUEST-901')).map(({ file }) => dirname(file)),
  )
}

function ownTexts(source: string, paranoia: number): readonly RuleText[] {
  if (source === 'builtin') return builtin(paranoia)
  if (source.startsWith('crs:')) return coreRuleSet(resolve(source.slice(4)), paranoia)
  if (source.startsWith('hub:')) return hubRules(source.slice(4))
  return readAll(listRuleFiles(join(resolve(source), '*.conf')))
}

/** How rule texts are put together. */
export interface RuleTextOptions {
  /** Entries of `edge.rules`: `builtin`, `crs:<folder>`, `hub:<folder>#<appsec-config>`, or a folder of SecLang files. */
  readonly rules: readonly string[]
  readonly paranoia: number
  /** How much of a body the inspection reads, bytes. */
  readonly inspectedBodySizeBytes: number
}

/** The texts of all rule sources, in order. Throws when a file cannot be read. */
export function ruleTexts(options: RuleTextOptions): readonly RuleText[] {
  const own = options.rules.flatMap((rule) => ownTexts(rule, options.paranoia))
  return [longBodyRule(options.inspectedBodySizeBytes), ...own]
}
