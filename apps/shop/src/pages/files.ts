import { readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { Exchange } from '../http/exchange.ts'
import { decodeOnce } from '../http/route.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { categoryArt, lanternArt } from '../view/art.ts'
import { styleSheet } from '../view/style.ts'
import { notFound } from './not-found.ts'

const types: Readonly<Record<string, string>> = {
  '.txt': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.css': 'text/css; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
}

function fileReply(exchange: Exchange, path: string, extra: Readonly<Record<string, string>> = {}): Reply {
  try {
    const body = readFileSync(path)
    const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream'
    return { status: 200, headers: { 'content-type': type, ...extra }, body }
  } catch {
    return notFound(exchange)
  }
}

/** `GET /download?file=`. Flaw `path-download`: folders in the name are followed. */
export function download(shop: Shop, exchange: Exchange): Reply {
  const wanted = exchange.query.get('file') ?? ''
  const name = shop.weak('path-download') ? wanted : basename(wanted)
  return fileReply(exchange, join(shop.folder.files, name), { 'content-disposition': 'attachment' })
}

/** `GET /picture?name=`: pictures of visitors. Flaw `path-picture`: the name is decoded a second time after the check. */
export function picture(shop: Shop, exchange: Exchange): Reply {
  const wanted = exchange.query.get('name') ?? ''
  if (wanted.includes('..') || wanted.includes('/')) return notFound(exchange)
  const name = shop.weak('path-picture') ? decodeOnce(wanted) : wanted
  return fileReply(exchange, join(shop.folder.uploads, name))
}

/** `GET /uploads/*`: what visitors uploaded, with the type that the name says. */
export function uploads(shop: Shop, exchange: Exchange): Reply {
  return fileReply(exchange, join(shop.folder.uploads, basename(decodeOnce(exchange.params['rest'] ?? ''))))
}

/** `GET /assets/*`: style and drawings, or a file. Flaw `path-assets`: the path is decoded and then joined. */
export function assets(shop: Shop, exchange: Exchange): Reply {
  const rest = exchange.params['rest'] ?? ''
  const cache = { 'cache-control': 'max-age=300' }
  if (rest === 'shop.css')
    return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8', ...cache }, body: styleSheet }
  if (rest === 'lantern.svg')
    return { status: 200, headers: { 'content-type': 'image/svg+xml', ...cache }, body: lanternArt }
  const art = /^art\/([a-z]+)\.svg$/.exec(rest)?.[1]
  if (art !== undefined)
    return { status: 200, headers: { 'content-type': 'image/svg+xml', ...cache }, body: categoryArt(art) }
  const name = decodeOnce(rest)
  return fileReply(exchange, join(shop.folder.files, shop.weak('path-assets') ? name : basename(name)))
}
