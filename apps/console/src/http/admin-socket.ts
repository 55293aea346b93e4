import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import type { OneTimeLinks } from '../session/one-time-links.ts'
import { isRole } from '../session/role.ts'
import type { Users } from '../session/users.ts'
import { maxBodyBytes, textMember } from './body.ts'

/** What the admin socket manages. */
export interface AdminServices {
  readonly links: OneTimeLinks
  readonly users: Users
  /** The page's address with a link token in its fragment, which no server and no log ever sees. */
  readonly linkUrl: (token: string) => string
}

interface Answer {
  readonly status: number
  readonly body: object
}

async function readObject(request: IncomingMessage): Promise<JsonObject | null> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request as AsyncIterable<string>) {
    text += chunk
    if (text.length > maxBodyBytes) return null
  }
  const parsed = parseBoundedJson(text === '' ? '{}' : text, {
    maxTextLength: maxBodyBytes,
    maxDepth: 2,
    maxNodes: 16,
    maxStringLength: 1024,
  })
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : null
}

async function answerTo(request: IncomingMessage, services: AdminServices): Promise<Answer> {
  const body = await readObject(request)
  if (body === null) return { status: 400, body: { error: { code: 'ADMIN_BAD_REQUEST' } } }
  switch (`${request.method} ${request.url}`) {
    case 'POST /v1/links': {
      const role = body['role'] ?? 'admin'
      if (!isRole(role)) return { status: 400, body: { error: { code: 'USER_ROLE' } } }
      return { status: 200, body: { url: services.linkUrl(services.links.create(role)), role } }
    }
    case 'POST /v1/users': {
      const problem = await services.users.add(
        textMember(body, 'name') ?? '',
        textMember(body, 'role') ?? '',
        textMember(body, 'password') ?? '',
      )
      return problem === null
        ? { status: 200, body: { ok: true } }
        : { status: 400, body: { error: { code: problem } } }
    }
    default:
      return { status: 404, body: { error: { code: 'ADMIN_NOT_FOUND' } } }
  }
}

/**
 * The socket through which whoever may read the data folder makes one-time links and adds people:
 * `POST /v1/links {role}` and `POST /v1/users {name, role, password}`.
 */
export function createAdminServer(services: AdminServices): Server {
  return createServer((request: IncomingMessage, response: ServerResponse) => {
    answerTo(request, services).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    )
  })
}
