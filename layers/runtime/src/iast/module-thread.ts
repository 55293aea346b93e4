import { fileURLToPath } from 'node:url'
import { isOwnSource } from './is-own-source.ts'
import { placesOf } from './place-of.ts'
import { rewriteSource } from './rewrite-source.ts'

interface Loaded {
  readonly format?: string
  source?: unknown
}

/**
 * Hook of Node's module thread: rewrites the application's ECMAScript modules. A source that is not understood stays as
 * it is; see https://nodejs.org/api/module.html#loadurl-context-nextload.
 */
export async function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context)
  const { format, source } = loaded
  if (format !== 'module' || !url.startsWith('file:') || source === undefined || source === null)
    return loaded
  const file = fileURLToPath(url)
  if (!isOwnSource(file)) return loaded
  const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8')
  try {
    return { ...loaded, source: rewriteSource(text, placesOf(file, text)) }
  } catch {
    return loaded
  }
}
