import { parseJson } from '../agent/inputs/parse-json.ts'
import { isUsualHeader } from '../agent/inputs/collect.ts'
import type { RequestContext } from '../agent/request-context.ts'

/** Where an input came from. */
export interface Source {
  readonly kind: 'query' | 'path' | 'header' | 'cookie' | 'body'
  readonly name: string
  readonly value: string
  /** A link or a form on another site can bring it. */
  readonly isLinkable: boolean
}

/** Inputs of one request that are followed. */
export const maxSources = 2_000
const shortest = 2
const maxDepth = 16

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

class Collector {
  readonly found: Source[] = []
  /** The body came as a form sends it. */
  isForm = false

  add(kind: Source['kind'], name: string, value: string): void {
    if (value.length >= shortest && this.found.length < maxSources)
      this.found.push({
        kind,
        name,
        value,
        isLinkable: kind === 'query' || kind === 'path' || (kind === 'body' && this.isForm),
      })
  }

  pairs(kind: Source['kind'], text: string): void {
    for (const pair of text.split('&')) {
      const split = pair.indexOf('=')
      const read = (part: string): string => decode(part.replaceAll('+', ' '))
      const name = read(split < 0 ? pair : pair.slice(0, split))
      if (split >= 0) this.add(kind, name, read(pair.slice(split + 1)))
      this.add(kind, name, name)
    }
  }

  value(name: string, value: unknown, depth: number = 0): void {
    if (typeof value === 'string') this.add('body', name, value)
    else if (typeof value === 'object' && value !== null && depth < maxDepth)
      for (const [key, child] of Object.entries(value)) {
        this.value(name === '' ? key : `${name}.${key}`, child, depth + 1)
        if (!Array.isArray(value)) this.add('body', name, key)
      }
  }
}

function collectBody(collector: Collector, type: string, text: string): void {
  collector.isForm = !type.includes('json')
  const json = /json/.test(type) || /^\s*[[{]/.test(text) ? parseJson(text) : undefined
  if (json !== undefined) collector.value('', json)
  if (type.includes('urlencoded')) collector.pairs('body', text)
  else if (type.includes('multipart/')) {
    for (const [, name = '', value = ''] of text.matchAll(
      /name="([^"]*)"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n([\s\S]*?)(?=\r?\n--)/g,
    ))
      collector.add('body', name, value)
  }
  collector.add('body', '', text)
}

/** Every input of a request with its name, as far as it has arrived. */
export function sourcesOf(context: RequestContext): readonly Source[] {
  const collector = new Collector()
  const { url = '', headers } = context.request
  const mark = url.indexOf('?')
  for (const segment of (mark < 0 ? url : url.slice(0, mark)).split('/'))
    collector.add('path', segment, decode(segment))
  if (mark >= 0) collector.pairs('query', url.slice(mark + 1))
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'cookie' && typeof value === 'string')
      for (const pair of value.split(';')) {
        const split = pair.indexOf('=')
        collector.add('cookie', pair.slice(0, split).trim(), decode(pair.slice(split + 1)))
      }
    else if (!isUsualHeader(name) && typeof value === 'string') collector.add('header', name, value)
  }
  if (context.hasBody()) collectBody(collector, headers['content-type'] ?? '', context.bodyText())
  return collector.found
}
