import { dirname, resolve } from 'node:path'
import { escapeText } from '@sevenfold/event'
import { compileRuleSet, faultText, SeclangError } from '@sevenfold/seclang'
import type { CompiledRuleSet, RuleText } from '@sevenfold/seclang'
import { CliError, exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { coreFolders, ruleFiles, ruleTexts } from './rule-texts.ts'

const shownFaults = 20

/** Texts of the rules that a call names with `--rules`, and with its words unless they are something else. @throws CliError. */
export function readRules(
  call: Call,
  mode: 'block' | 'test',
  words: readonly string[] = call.words,
): readonly RuleText[] {
  const path = (entry: string): string => (entry === 'builtin' ? entry : resolve(call.io.cwd, entry))
  const named = [...call.texts('rules'), ...words].map(path)
  const setup = call.text('setup')
  const paranoia = call.text('paranoia')
  if (paranoia !== undefined && !/^[1-4]$/.test(paranoia))
    throw usageError('--paranoia must be 1, 2, 3 or 4', 'for example --paranoia 2')
  return ruleTexts({
    mode,
    rules: named.length === 0 ? ['builtin'] : named,
    ...(setup === undefined ? {} : { setup: path(setup) }),
    ...(paranoia === undefined ? {} : { paranoia: Number(paranoia) }),
  })
}

/** Compiles rules. @throws CliError with the places of all faults. */
export function compileRules(texts: readonly RuleText[]): CompiledRuleSet {
  const folders = coreFolders(texts)
  try {
    return compileRuleSet(texts, { files: ruleFiles, leaveOut: (file) => folders.has(dirname(file)) })
  } catch (error) {
    if (!(error instanceof SeclangError)) throw error
    const faults = error.faults.slice(0, shownFaults).map(faultText)
    throw new CliError(
      exitCodes.environment,
      `the rules are faulty\n${faults.join('\n')}`,
      'mend the rules, or name others with --rules',
      { cause: error },
    )
  }
}

/** Says which rules of a published set are left out, and why; everything else that is odd is for lint. */
export function noteLeftOut(call: Call, { warnings }: CompiledRuleSet): void {
  for (const { kind, at, message } of warnings)
    if (kind === 'left-out') call.io.note(`${at.file}:${at.line}:${at.column}: ${escapeText(message, 300)}`)
}

/** The rules that a call names, compiled. @throws CliError with the places of all faults. */
export function loadRules(call: Call, mode: 'block' | 'test'): CompiledRuleSet {
  const rules = compileRules(readRules(call, mode))
  noteLeftOut(call, rules)
  return rules
}
