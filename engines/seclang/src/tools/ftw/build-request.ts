import { Buffer } from 'node:buffer'

import type { FtwInput } from './ftw-test.ts'

type Header = readonly [name: string, value: string]

/** The bytes of a stage's request, one character a byte, completed as go-ftw completes them. */
export function buildRequest(input: FtwInput): string {
  if (input.encodedRequest !== null && input.encodedRequest !== '') return fromBase64(input.encodedRequest)
  const headers: Header[] = input.headers.map(([name, value]) => [toBytes(name), toBytes(value)])
  let data = bodyOf(input)
  if (data !== '' && input.autocompleteHeaders) data = completeForm(headers, data)
  if (values(headers, 'content-type').some((type) => type.toLowerCase().includes('multipart/form-data;'))) {
    data = data.replaceAll('\n', '\r\n')
  }
  if (input.autocompleteHeaders) completeHeaders(headers, input.method, data)
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${toBytes(input.method)} ${toBytes(input.uri)} ${toBytes(input.version)}\r\n${lines}\r\n${data}`
}

function bodyOf(input: FtwInput): string {
  if (input.data !== null) {
    const filled = input.data.replaceAll(
      /\{\{\s*"((?:[^"\\]|\\.)*)"\s*\|\s*repeat\s+(\d{1,6})\s*\}\}/g,
      (_, piece: string, count: string) => piece.repeat(Number(count)),
    )
    // A template that cannot be filled makes go-ftw send no body.
    return filled.includes('{{') ? '' : toBytes(filled)
  }
  return input.encodedData === null ? '' : fromBase64(input.encodedData)
}

const formType = 'application/x-www-form-urlencoded'

function completeForm(headers: Header[], data: string): string {
  if (values(headers, 'content-type').length === 0) headers.push(['Content-Type', formType])
  const isForm = values(headers, 'content-type').some((type) => type.toLowerCase() === formType)
  if (!isForm || unescapeQuery(data) !== data) return data
  return data
    .split('&')
    .map((piece) => {
      const split = piece.indexOf('=')
      return split < 0
        ? escapeQuery(piece)
        : `${escapeQuery(piece.slice(0, split))}=${escapeQuery(piece.slice(split + 1))}`
    })
    .join('&')
}

function completeHeaders(headers: Header[], method: string, data: string): void {
  if (values(headers, 'connection').length === 0) headers.push(['Connection', 'close'])
  if (values(headers, 'content-length').length > 0) return
  // go-ftw's own pattern, alternation and all.
  if (data !== '' || /^POST|PUT|PATCH|DELETE$/.test(method))
    headers.push(['Content-Length', String(data.length)])
}

function values(headers: readonly Header[], name: string): string[] {
  return headers.filter(([written]) => written.toLowerCase() === name).map(([, value]) => value)
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1')
}

function escapeQuery(text: string): string {
  return text.replaceAll(/[^-A-Za-z0-9_.~]/g, (unit) =>
    unit === ' ' ? '+' : `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** null when an escape is not valid. */
function unescapeQuery(text: string): string | null {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return null
  return text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
