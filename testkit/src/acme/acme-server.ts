import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { CertificateAuthority } from '../ca/certificate-authority.ts'
import { readSignedRequest, thumbprint } from './signed-request.ts'
import type { SignedRequest } from './signed-request.ts'

/** How an authority for tests behaves. */
export interface AcmeServerOptions {
  readonly authority: CertificateAuthority
  /** Where http-01 is asked for, in place of port 80 of the name. */
  readonly httpPort: () => number
  /** TXT records of a name, for dns-01. */
  readonly txtRecords?: (name: string) => readonly string[]
  /** End of the certificates that it issues. */
  readonly notAfter?: () => Date
  /** True: every challenge is found wrong. */
  readonly refuse?: () => boolean
}

/** A certificate authority by RFC 8555, as far as a client needs one. */
export interface AcmeServer {
  /** URL of the directory. */
  readonly directory: string
  /** Names of the certificates that were issued, in order. */
  readonly issued: readonly (readonly string[])[]
  /** Requests that were refused, with the reason. */
  readonly refused: readonly string[]
  close(): Promise<void>
}

interface Challenge {
  readonly type: 'http-01' | 'dns-01'
  readonly url: string
  readonly token: string
  status: string
}

interface Authorization {
  readonly url: string
  readonly domain: string
  readonly wildcard: boolean
  readonly challenges: readonly Challenge[]
  status: string
}

interface Order {
  readonly url: string
  readonly names: readonly string[]
  readonly authorizations: readonly Authorization[]
  status: string
  certificate: string
}

const day = 86_400_000

function problem(type: string, detail: string): object {
  return { type: `urn:ietf:params:acme:error:${type}`, detail }
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    request.once('end', () => resolve(text))
    request.once('error', reject)
  })
}

/** The text at the well-known place of a name; empty when there is none. */
function fetchToken(port: number, domain: string, token: string): Promise<string> {
  return new Promise((resolve) => {
    const path = `/.well-known/acme-challenge/${token}`
    const asked = httpRequest({ host: '127.0.0.1', port, path, headers: { Host: domain } }, (answer) => {
      readBody(answer).then(
        (text) => resolve(answer.statusCode === 200 ? text : ''),
        () => resolve(''),
      )
    })
    asked.once('error', () => resolve(''))
    asked.end()
  })
}

class Authority implements AcmeServer {
  directory = ''
  readonly issued: (readonly string[])[] = []
  readonly refused: string[] = []
  private readonly options: AcmeServerOptions
  private server: Server | null = null
  private readonly nonces = new Set<string>()
  private readonly accounts = new Map<string, JsonWebKey>()
  private readonly orders = new Map<string, Order>()
  private readonly authorizations = new Map<string, Authorization>()
  private base = ''
  private count = 0

  constructor(options: AcmeServerOptions) {
    this.options = options
  }

  async listen(): Promise<void> {
    const { certificate, key } = await this.options.authority.issue({ names: ['localhost', '127.0.0.1'] })
    const server = createServer({ cert: certificate, key }, (request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        this.refused.push(String(error))
        this.reply(response, 400, problem('malformed', String(error)))
      })
    })
    this.server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    this.base = `https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`
    this.directory = `${this.base}/directory`
  }

  close(): Promise<void> {
    this.server?.closeAllConnections()
    return new Promise((resolve) => {
      if (this.server === null) resolve()
      else this.server.close(() => resolve())
    })
  }

  private newUrl(kind: string): string {
    this.count += 1
    return `${this.base}/${kind}/${this.count}`
  }

  private reply(response: ServerResponse, status: number, body: object | string, location = ''): void {
    const nonce = randomBytes(12).toString('base64url')
    this.nonces.add(nonce)
    const type = typeof body === 'string' ? 'application/pem-certificate-chain' : 'application/json'
    response.writeHead(status, {
      'Replay-Nonce': nonce,
      'Content-Type': type,
      ...(location === '' ? {} : { Location: location }),
    })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // RFC 8555 section 6.1; Pebble refuses who does not say who it is.
    if ((request.headers['user-agent'] ?? '') === '') throw new Error('no User-Agent')
    const url = `${this.base}${request.url ?? ''}`
    if (request.method !== 'POST') {
      this.reply(response, 200, request.url === '/directory' ? this.listing() : {})
      return
    }
    const signed = readSignedRequest(await readBody(request), this.accounts)
    if (signed.url !== url) throw new Error(`signed for ${signed.url}`)
    if (!this.nonces.delete(signed.nonce)) {
      this.reply(response, 400, problem('badNonce', 'used or unknown'))
      return
    }
    await this.act(url, signed, response)
  }

  private listing(): object {
    const names = { newNonce: 'nonce', newAccount: 'account', newOrder: 'order' }
    return Object.fromEntries(Object.entries(names).map(([name, path]) => [name, `${this.base}/${path}`]))
  }

  private async act(url: string, signed: SignedRequest, response: ServerResponse): Promise<void> {
    const path = url.slice(this.base.length)
    if (path === '/account') this.newAccount(signed, response)
    else if (path === '/order') this.newOrder(signed, response)
    else if (path.endsWith('/finalize')) await this.finalize(url, signed, response)
    else if (path.endsWith('/certificate')) {
      this.reply(response, 200, this.orders.get(url.slice(0, -'/certificate'.length))?.certificate ?? '')
    } else if (path.startsWith('/challenge/')) await this.prove(url, signed, response)
    else {
      if (this.accounts.has(url)) {
        this.reply(response, 200, { status: 'valid' }, url)
        return
      }
      const order = this.orders.get(url)
      const found = order === undefined ? this.authorizations.get(url) : undefined
      if (order !== undefined) this.reply(response, 200, this.orderJson(order), url)
      else if (found !== undefined) this.reply(response, 200, authorizationJson(found))
      else this.reply(response, 404, problem('malformed', 'no such thing'))
    }
  }

  private newAccount({ jwk }: SignedRequest, response: ServerResponse): void {
    if (jwk === null) throw new Error('an account needs its key')
    const known = [...this.accounts].find(([, key]) => thumbprint(key) === thumbprint(jwk))
    const url = known?.[0] ?? this.newUrl('account')
    this.accounts.set(url, jwk)
    this.reply(response, known === undefined ? 201 : 200, { status: 'valid' }, url)
  }

  private newOrder({ payload }: SignedRequest, response: ServerResponse): void {
    const identifiers = payload['identifiers'] as readonly { value: string }[] // a client of ours sends it
    const authorizations = identifiers.map(({ value }): Authorization => {
      const made: Authorization = {
        url: this.newUrl('authorization'),
        domain: value.replace(/^\*\./, ''),
        wildcard: value.startsWith('*.'),
        status: 'pending',
        challenges: (value.startsWith('*.') ? (['dns-01'] as const) : (['http-01', 'dns-01'] as const)).map(
          (type) => ({
            type,
            url: this.newUrl('challenge'),
            token: randomBytes(24).toString('base64url'),
            status: 'pending',
          }),
        ),
      }
      this.authorizations.set(made.url, made)
      return made
    })
    const names = identifiers.map(({ value }) => value)
    const order: Order = {
      url: this.newUrl('orders'),
      names,
      authorizations,
      status: 'pending',
      certificate: '',
    }
    this.orders.set(order.url, order)
    this.reply(response, 201, this.orderJson(order), order.url)
  }

  private orderJson(order: Order): object {
    if (order.status === 'pending' && order.authorizations.every(({ status }) => status === 'valid')) {
      order.status = 'ready'
    }
    return {
      status: order.status,
      identifiers: order.names.map((value) => ({ type: 'dns', value })),
      authorizations: order.authorizations.map(({ url }) => url),
      finalize: `${order.url}/finalize`,
      ...(order.certificate === '' ? {} : { certificate: `${order.url}/certificate` }),
    }
  }

  private async prove(url: string, { account }: SignedRequest, response: ServerResponse): Promise<void> {
    const authorization = [...this.authorizations.values()].find(({ challenges }) =>
      challenges.some((challenge) => challenge.url === url),
    )
    const challenge = authorization?.challenges.find((one) => one.url === url)
    const jwk = this.accounts.get(account)
    if (authorization === undefined || challenge === undefined || jwk === undefined)
      throw new Error('no challenge')
    const wanted = `${challenge.token}.${thumbprint(jwk)}`
    const proved =
      this.options.refuse?.() !== true && (await this.isProved(authorization.domain, challenge, wanted))
    challenge.status = proved ? 'valid' : 'invalid'
    authorization.status = challenge.status
    this.reply(response, 200, challengeJson(challenge))
  }

  private async isProved(domain: string, challenge: Challenge, wanted: string): Promise<boolean> {
    if (challenge.type === 'http-01') {
      return (await fetchToken(this.options.httpPort(), domain, challenge.token)) === wanted
    }
    const digest = createHash('sha256').update(wanted).digest('base64url')
    return (this.options.txtRecords?.(`_acme-challenge.${domain}`) ?? []).includes(digest)
  }

  private async finalize(url: string, { payload }: SignedRequest, response: ServerResponse): Promise<void> {
    const order = this.orders.get(url.slice(0, -'/finalize'.length))
    if (order === undefined || (this.orderJson(order), order.status !== 'ready')) throw new Error('not ready')
    const csr = Buffer.from(String(payload['csr']), 'base64url')
    const notAfter = this.options.notAfter?.() ?? new Date(Date.now() + 90 * day)
    order.certificate = await this.options.authority.sign(csr, { notAfter })
    order.status = 'valid'
    this.issued.push(order.names)
    this.reply(response, 200, this.orderJson(order), order.url)
  }
}

function challengeJson({ type, url, token, status }: Challenge): object {
  return { type, url, token, status }
}

function authorizationJson({ domain, wildcard, status, challenges }: Authorization): object {
  return {
    status,
    identifier: { type: 'dns', value: domain },
    ...(wildcard ? { wildcard } : {}),
    challenges: challenges.map(challengeJson),
  }
}

/** Starts an authority on loopback, port 0, with TLS by `authority`. */
export async function startAcmeServer(options: AcmeServerOptions): Promise<AcmeServer> {
  const server = new Authority(options)
  await server.listen()
  return server
}
