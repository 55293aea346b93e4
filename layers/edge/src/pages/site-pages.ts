import { readFileSync } from 'node:fs'
import { escapeHtml } from '@sevenfold/event'
import { EdgeError } from '../edge-error.ts'
import { findHeader } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { AnswerPage, BlockPages, PageFacts } from '../pipeline/block-pages.ts'

/** Longest template, bytes. */
export const maxTemplateBytes = 65_536

const places = /\{\{\s*(\w+)\s*\}\}/g
const names = new Set(['status', 'title', 'id', 'code'])

/** Codes of gRPC (google.rpc.Code) by status; UNKNOWN for all others. */
const grpcCodes: ReadonlyMap<number, number> = new Map([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 12],
  [413, 8],
  [429, 8],
  [502, 14],
  [503, 14],
  [504, 4],
])

function grpcPage({ status, title, id }: PageFacts, type: string): AnswerPage {
  const message = encodeURIComponent(`${title} (request id ${id})`)
  return {
    status: 200,
    fields: `Content-Type: ${type}\r\nGrpc-Status: ${grpcCodes.get(status) ?? 2}\r\nGrpc-Message: ${message}\r\nX-Request-Id: ${id}\r\n`,
    body: '',
  }
}

const grpcType = /^application\/grpc(?:-web)?(?:-text)?(?:\+(?:proto|json))?$/i

/** A gRPC client gets its status in the form it knows, whatever the site's page; null for all others. */
export function grpcPageFor(head: RequestHead | null, facts: PageFacts): AnswerPage | null {
  if (head === null || head.method !== 'POST') return null
  const type = findHeader(head.text, 'content-type')?.split(';', 1)[0]?.trim() ?? ''
  return grpcType.test(type) ? grpcPage(facts, type.toLowerCase()) : null
}

/** Checks a template. @throws EdgeError EDGE_CONFIG_INVALID. */
export function checkTemplate(text: string, path: string): void {
  if (Buffer.byteLength(text) > maxTemplateBytes) {
    throw new EdgeError('EDGE_CONFIG_INVALID', `page ${path}: longer than ${maxTemplateBytes} bytes`)
  }
  for (const [whole, name = ''] of text.matchAll(places)) {
    if (!names.has(name))
      throw new EdgeError('EDGE_CONFIG_INVALID', `page ${path}: ${whole} stands for nothing`)
  }
}

function fill(template: string, facts: PageFacts): string {
  const values: Readonly<Record<string, string>> = {
    status: String(facts.status),
    title: facts.title,
    id: facts.id,
    code: facts.code,
  }
  return template.replaceAll(places, (_whole, name: string) => escapeHtml(values[name] ?? ''))
}

/** Pages of a site in its own looks: browsers get the template, gRPC clients their status, all others the usual. */
export function sitePages(template: string | null): BlockPages {
  return {
    page: (head, facts) => {
      const grpc = grpcPageFor(head, facts)
      if (grpc !== null || template === null || head === null) return grpc
      if (!/\btext\/html\b/i.test(findHeader(head.text, 'accept') ?? '')) return null
      return {
        fields: `Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ${facts.id}\r\n`,
        body: fill(template, facts),
      }
    },
  }
}

/** Reads and checks a template. @throws EdgeError EDGE_CONFIG_INVALID. */
export function readTemplate(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    checkTemplate(text, path)
    return text
  } catch (error) {
    if (error instanceof EdgeError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new EdgeError('EDGE_CONFIG_INVALID', `page ${path}: ${why}`, error)
  }
}
