import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'

const limits = { maxTextLength: 1_000_000, maxDepth: 8, maxNodes: 10_000, maxStringLength: 4_096 }

/** Parts that the supervisor of this host runs; undefined where there is none. */
function supervised(rootDir: string): ReadonlySet<string> | undefined {
  let text: string
  try {
    text = readFileSync(join(rootDir, 'supervisor', 'state.json'), 'utf8')
  } catch {
    return undefined // installed as services
  }
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value) || !Array.isArray(parsed.value['parts'])) return undefined
  const names = parsed.value['parts'].flatMap((part) =>
    isJsonObject(part) && typeof part['name'] === 'string' ? [part['name']] : [],
  )
  return new Set([...names, 'supervisor'])
}

/**
 * Of the writers known before a restart those that must speak again: the main one of each part that is still meant to
 * run, and those of other hosts (`edge/web2.main`), whose end the supervisor here cannot know. Workers come and go with the configuration and announce themselves.
 */
export function expectedAgents(rootDir: string, known: readonly string[]): readonly string[] {
  const parts = supervised(rootDir)
  return known.filter((agent) => {
    const [part = '', slot] = agent.split('/', 2)
    if (slot?.endsWith('.main') === true) return true
    return slot === 'main' && (parts === undefined || parts.has(part))
  })
}
