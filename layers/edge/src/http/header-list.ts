import type { RawHeaders } from '@sevenfold/event'
import { HeaderCursor } from './header-cursor.ts'

const cursor = new HeaderCursor()

/**
 * Names and values of a head that already passed the strict parser, alternating, in wire order. Made only when
 * somebody asks: plain proxying needs no header objects.
 */
export function listHeaders(headText: string): RawHeaders {
  const list: string[] = []
  cursor.open(headText, headText.indexOf('\r\n') + 2)
  while (cursor.next()) list.push(headText.slice(cursor.nameStart, cursor.nameEnd), cursor.value())
  return list
}

/** First value of the header `name` (lower case) in a head, or undefined. */
export function findHeader(headText: string, name: string): string | undefined {
  cursor.open(headText, headText.indexOf('\r\n') + 2)
  while (cursor.next()) {
    if (cursor.nameEnd - cursor.nameStart !== name.length) continue
    if (headText.slice(cursor.nameStart, cursor.nameEnd).toLowerCase() === name) return cursor.value()
  }
  return undefined
}
