import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RuleText } from '@sevenfold/seclang'
import { listRuleFiles, readRuleFile } from './disk-rule-files.ts'

function readAll(paths: readonly string[]): RuleText[] {
  return paths.map((file) => ({ file, text: readRuleFile(file) }))
}

/** Ids of the actions that set the paranoia level; outside the ranges of CRS (9xxxxx) and of our own rules. */
const setupIds = { builtin: 769_901, crs: 769_902 } as const

function builtin(paranoia: number): RuleText[] {
  const setup = `SecAction "id:${setupIds.builtin},phase:1,pass,nolog,setvar:tx.sf_paranoia=${paranoia}"\n`
  const folder = fileURLToPath(new URL('../rules/', import.meta.resolve('@sevenfold/seclang')))
  return [{ file: 'paranoia', text: setup }, ...readAll(listRuleFiles(join(folder, '*.conf')))]
}

/** A Core Rule Set: its set-up file (own or the example), our paranoia level, its rules in the order of their names. */
function coreRuleSet(folder: string, paranoia: number): RuleText[] {
  const setup = ['crs-setup.conf', 'crs-setup.conf.example']
    .map((name) => join(folder, name))
    .find(existsSync)
  const levels = ['blocking_paranoia_level', 'detection_paranoia_level', 'paranoia_level']
  const actions = levels.map((name) => `setvar:tx.${name}=${paranoia}`).join(',')
  const rules = existsSync(join(folder, 'rules')) ? join(folder, 'rules') : folder
  const isRules = (path: string): boolean => !path.endsWith('crs-setup.conf')
  return [
    ...(setup === undefined ? [] : readAll([setup])),
    { file: 'paranoia', text: `SecAction "id:${setupIds.crs},phase:1,pass,nolog,${actions}"\n` },
    ...readAll(listRuleFiles(join(rules, '*.conf')).filter(isRules)),
  ]
}

/**
 * The texts that an entry of `edge.rules` stands for: `builtin`, `crs:<folder>`, or a folder of SecLang files.
 * Throws when a file cannot be read.
 */
export function ruleTextsOf(source: string, paranoia: number): readonly RuleText[] {
  if (source === 'builtin') return builtin(paranoia)
  if (source.startsWith('crs:')) return coreRuleSet(resolve(source.slice(4)), paranoia)
  return readAll(listRuleFiles(join(resolve(source), '*.conf')))
}
