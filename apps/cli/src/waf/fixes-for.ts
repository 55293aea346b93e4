import { randomBytes } from 'node:crypto'
import type { Fix } from '@sevenfold/edge'
import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { exclusionText } from '@sevenfold/seclang/tools'
import { fieldText } from '../place/field-text.ts'
import { CliError, exitCodes } from '../program/cli-error.ts'

/** What holds for all fixes of one call. */
export type FixFacts = Pick<Fix, 'request' | 'until' | 'created' | 'actor' | 'reason'>

function cannot(message: string, hint: string): CliError {
  return new CliError(exitCodes.findings, message, hint)
}

function targetsOf(event: JsonObject): readonly string[] {
  const own = event['sevenfold']
  const judgement = isJsonObject(own) ? own['judgement'] : undefined
  const targets = isJsonObject(judgement) ? judgement['targets'] : undefined
  return Array.isArray(targets) ? targets.filter((target) => typeof target === 'string') : []
}

function exclusionsFor(event: JsonObject, facts: FixFacts): readonly Fix[] {
  const site = fieldText(event, 'sevenfold.site') ?? ''
  const path = fieldText(event, 'url.path') ?? ''
  return targetsOf(event).map((target): Fix => {
    const space = target.indexOf(' ')
    const [rule, variable] = [target.slice(0, space), target.slice(space + 1)]
    try {
      exclusionText({ ruleId: rule, path, variable, id: 1 })
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new CliError(
        exitCodes.findings,
        `no exact exclusion can be written for rule ${rule}: ${what}`,
        'write the exclusion by hand in a rule folder, and add the folder to edge.rules',
        { cause: error },
      )
    }
    return { ...facts, id: newId(), kind: 'exclusion', site, rule, path, variable }
  })
}

function newId(): string {
  return `fix-${randomBytes(4).toString('hex')}`
}

function fixesForOne(event: JsonObject, facts: FixFacts): readonly Fix[] {
  const step = fieldText(event, 'sevenfold.judgement.step') ?? ''
  const address = fieldText(event, 'source.ip')
  if (step === 'ban' && address !== undefined)
    return [{ ...facts, id: newId(), kind: 'allow', value: address }]
  if (step === 'waf' || step === 'response') return exclusionsFor(event, facts)
  const rule = fieldText(event, 'rule.id') ?? ''
  throw cannot(
    `the request was refused by a limit (${rule}), not by a rule or a ban`,
    'change the limit in the configuration: docs/configuration.md',
  )
}

/** The least fixes with which a request passes, each once. @throws CliError when there are none. */
export function fixesFor(blocks: readonly JsonObject[], facts: FixFacts): readonly Fix[] {
  const found = new Map<string, Fix>()
  for (const fix of blocks.flatMap((event) => fixesForOne(event, facts))) {
    const key = fix.kind === 'allow' ? fix.value : `${fix.site} ${fix.rule} ${fix.path} ${fix.variable ?? ''}`
    if (!found.has(key)) found.set(key, fix)
  }
  if (found.size > 0) return [...found.values()]
  throw cannot(
    'no rule that blocked this request names a parameter',
    'sevenfold waf explain shows what each rule looked at',
  )
}
