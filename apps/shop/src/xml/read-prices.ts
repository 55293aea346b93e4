import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What the reader may do with entities; each true is a flaw. */
export interface EntityRules {
  /** Entities with a SYSTEM identifier are read (flaw `xxe-prices`). */
  readonly external: boolean
  /** Entities may name others without a sensible bound (flaw `entity-expansion`). */
  readonly nested: boolean
  /** Gives the text behind an `http:` system identifier. */
  readonly fetchText: (url: string) => Promise<string>
}

/** Hard end of every expansion, in characters: even the weak shop must survive its own flaw. */
export const maxExpandedCharacters: number = 24 << 20

/** Expansion that the patched reader allows, in characters. */
export const maxSafeCharacters = 100_000

interface Entity {
  readonly value?: string
  readonly system?: string
}

function readEntities(subset: string): ReadonlyMap<string, Entity> {
  const entities = new Map<string, Entity>()
  const declaration = /<!ENTITY\s+([\w.-]+)\s+(?:SYSTEM\s+)?("[^"]*"|'[^']*')\s*>/g
  for (const match of subset.matchAll(declaration)) {
    const [whole, name = '', quoted = ''] = match
    const text = quoted.slice(1, -1)
    entities.set(
      name,
      /\sSYSTEM\s/.test(whole.slice(0, whole.indexOf(quoted))) ? { system: text } : { value: text },
    )
  }
  return entities
}

const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

async function externalText(system: string, rules: EntityRules): Promise<string> {
  if (!rules.external) return ''
  if (/^https?:/.test(system)) return rules.fetchText(system)
  try {
    return readFileSync(system.startsWith('file:') ? fileURLToPath(system) : system, 'utf8')
  } catch {
    return ''
  }
}

/** Text of a document with its entities replaced; each entity is expanded once and remembered. */
async function expand(
  text: string,
  entities: ReadonlyMap<string, Entity>,
  rules: EntityRules,
): Promise<string> {
  const known = new Map<string, string>(predefined)
  const limit = rules.nested ? maxExpandedCharacters : maxSafeCharacters
  const expandText = async (part: string, depth: number): Promise<string> => {
    let out = ''
    let from = 0
    for (const match of part.matchAll(/&([\w.-]+);/g)) {
      const name = match[1] ?? ''
      const entity = entities.get(name)
      if (!known.has(name) && entity !== undefined && depth < 20) {
        const inner =
          entity.value === undefined ? await externalText(entity.system ?? '', rules) : entity.value
        known.set(name, await expandText(inner, depth + 1))
      }
      out += part.slice(from, match.index) + (known.get(name) ?? match[0])
      from = match.index + match[0].length
      if (out.length > limit) throw new Error(`the document grew over ${limit} characters`)
    }
    return out + part.slice(from)
  }
  return expandText(text, 0)
}

/** One `<price product="…">…</price>`. */
export interface PriceLine {
  readonly product: string
  readonly text: string
}

/** A price list as it was read. */
export interface PriceList {
  readonly lines: readonly PriceLine[]
  /** Characters after expansion. */
  readonly characters: number
}

/**
 * Reads a supplier's price list: a hand-made XML reader of the kind that shops really contain. Throws with a
 * readable message when the document is not one or grows over the limit.
 */
export async function readPrices(xml: string, rules: EntityRules): Promise<PriceList> {
  const doctype = /<!DOCTYPE\s+[\w.-]+\s*\[([\s\S]*?)\]\s*>/.exec(xml)
  const body = doctype === null ? xml : xml.slice(doctype.index + doctype[0].length)
  if (!/<prices[\s>]/.test(body)) throw new Error('no <prices> element')
  const expanded = await expand(body, readEntities(doctype?.[1] ?? ''), rules)
  const lines = [...expanded.matchAll(/<price\s+product="([^"]*)"\s*>([\s\S]*?)<\/price>/g)]
  return {
    lines: lines.slice(0, 1000).map((line) => ({ product: line[1] ?? '', text: (line[2] ?? '').trim() })),
    characters: expanded.length,
  }
}
