import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** One file of the page. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
}

function collect(folder: string, prefix: string, assets: Map<string, Asset>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const type = types[extname(entry.name)]
    if (entry.isDirectory()) collect(path, `${prefix}${entry.name}/`, assets)
    else if (type !== undefined) assets.set(`${prefix}${entry.name}`, { type, body: readFileSync(path) })
  }
}

/**
 * All files of the built page by path, read once: a request can only name what was there at the start, so no path of a
 * request ever reaches the file system. Empty when the page has not been built.
 */
export function loadAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>()
  if (existsSync(folder)) collect(folder, '/', assets)
  const index = assets.get('/index.html')
  if (index !== undefined) assets.set('/', index)
  return assets
}
