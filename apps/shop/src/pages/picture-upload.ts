import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { Exchange } from '../http/exchange.ts'
import { readMultipart } from '../http/read-multipart.ts'
import { html, seeOther } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { page } from '../view/page.ts'

const pictureTypes: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif'])

/**
 * `POST /account/picture`. Flaws: `upload-any` (every kind of file is kept and served with its own type) and
 * `upload-traversal` (the file name's folders are followed).
 */
export function uploadPicture(shop: Shop, exchange: Exchange): Reply {
  if (exchange.session.account === undefined) return seeOther('/login')
  const parts = readMultipart(exchange.headers['content-type'] ?? '', exchange.body)
  const file = parts.find((part) => part.name === 'picture')
  if (file?.fileName === undefined || file.fileName === '') {
    return html(page({ title: 'Upload', session: exchange.session, main: '<h1>No picture came</h1>' }), 422)
  }
  if (!shop.weak('upload-any') && !pictureTypes.has(extname(file.fileName).toLowerCase())) {
    const main = '<h1>Pictures only</h1><p>PNG, JPEG, WebP or GIF.</p>'
    return html(page({ title: 'Upload', session: exchange.session, main }), 415)
  }
  const name = shop.weak('upload-traversal') ? file.fileName : basename(file.fileName)
  const path = join(shop.folder.uploads, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, file.data)
  const main = `<h1>Thank you</h1><p>Your picture is at <a href="/uploads/${encodeURIComponent(name)}">${escape(name)}</a>.</p>`
  return html(page({ title: 'Upload', session: exchange.session, main }), 201)
}
