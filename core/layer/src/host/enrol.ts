import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { connect } from 'node:tls'
import type { DetailedPeerCertificate } from 'node:tls'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject, PartName } from '@sevenfold/event'
import { LayerError } from '../error.ts'
import type { PartKeys } from '../keys/keys.ts'
import { postOver } from '../ship/socket-client.ts'
import type { SocketAnswer, SocketPost } from '../ship/socket-client.ts'
import { createCertificateRequest } from './certificate-request.ts'
import type { EnrolToken } from './enrol-token.ts'
import { isHostsUrl } from './enrol-token.ts'
import { errorCodeOf } from './host-lease.ts'
import { addressOf, tlsAgent } from './host-link.ts'
import { readHostCertificate } from './host-identity.ts'
import type { HostFiles } from './host-files.ts'

/** Where a host enrols with a token, renews with its certificate, and hears what it is to do. */
export const hostPaths = { enrol: '/v1/enrol', renew: '/v1/renew' } as const
/** Longest body of a request to enrol or renew, in bytes. */
export const maxEnrolBytes = 16_384
/** Longest wait for the first connection, in milliseconds. */
export const enrolTimeoutMs = 15_000
/** What the key of a part signs to show that it has it: this, a newline, and the request in base64. */
export const enrolContext = 'sevenfold-enrol/1'

const limits = { maxTextLength: 65_536, maxDepth: 4, maxNodes: 64, maxStringLength: 32_768 }

/** A key for a certificate, made here; it never leaves this host. */
export interface FreshKey {
  /** PEM. */
  readonly key: string
  /** Request for a certificate, DER in base64. */
  readonly request: string
}

/** Makes a key and asks for a certificate of `<host>/<layer>`. */
export function createHostKey(host: string, layer: PartName): FreshKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const asked = createCertificateRequest(privateKey, `${host}/${layer}`)
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    request: Buffer.from(asked).toString('base64'),
  }
}

function unreachable(url: string, why: string, cause?: unknown): LayerError {
  return new LayerError('LAYER_ENROL_UNREACHABLE', `${url} cannot be reached: ${why}`, {
    cause,
    hint: 'is the backbone running, does it listen for hosts (hosts.listen), and does the network let this host through',
  })
}

function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replaceAll(/(.{64})(?=.)/g, '$1\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

/** The last certificate of a chain that signs itself. */
function rootOf(leaf: DetailedPeerCertificate): Uint8Array | undefined {
  let one = leaf
  for (let depth = 0; depth < 5; depth += 1) {
    const issuer = one.issuerCertificate as DetailedPeerCertificate | undefined
    if (issuer === undefined || issuer.raw === undefined) return undefined
    if (issuer.fingerprint256 === one.fingerprint256) return new Uint8Array(one.raw)
    one = issuer
  }
  return undefined
}

/**
 * Fetches the root certificate whose fingerprint the token names. Nothing is sent on this connection, and nothing that
 * comes over it is believed but a certificate with that fingerprint.
 * @throws LayerError LAYER_ENROL_UNREACHABLE, LAYER_ENROL_REFUSED when the fingerprint is another one.
 */
export function fetchRoot({ url, fingerprint }: Pick<EnrolToken, 'url' | 'fingerprint'>): Promise<string> {
  return new Promise((resolve, reject) => {
    const { host, port } = addressOf(url)
    const socket = connect({
      host: host ?? '',
      port: Number(port),
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
    })
    const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), enrolTimeoutMs)
    socket.once('close', () => clearTimeout(timer))
    socket.once('error', (error) => reject(unreachable(url, error.message, error)))
    socket.once('secureConnect', () => {
      const root = rootOf(socket.getPeerCertificate(true))
      socket.destroy()
      const found = root === undefined ? '' : createHash('sha256').update(root).digest('hex')
      if (root !== undefined && found === fingerprint) resolve(pemOf(root))
      else
        reject(
          new LayerError('LAYER_ENROL_REFUSED', `what answers at ${url} is not the backbone of the token`, {
            hint: 'somebody may be in between; compare the fingerprint with that of sevenfold enrol list on the host of the backbone',
          }),
        )
    })
  })
}

function textOf(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

/** Reads the answer to a request for a certificate. @throws LayerError LAYER_ENROL_REFUSED with what the other side said. */
export function readIssued(
  answer: SocketAnswer,
  asked: { key: string; root: string },
): Omit<HostFiles, 'certificate'> {
  const parsed = parseBoundedJson(answer.text, limits)
  const body = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
  if (answer.status !== 200) {
    const error = isJsonObject(body['error']) ? body['error'] : {}
    const said = `${errorCodeOf(answer.text)} ${textOf(error, 'message')}`.trim()
    throw new LayerError('LAYER_ENROL_REFUSED', `refused: ${said === '' ? answer.status : said}`, {
      hint: 'ask for a fresh token: sevenfold enrol token on the host of the backbone',
    })
  }
  const chain = textOf(body, 'chain')
  const receivers = isJsonObject(body['receivers']) ? body['receivers'] : {}
  if (readHostCertificate(chain) === undefined || !fits(chain, asked.key))
    throw new LayerError('LAYER_ENROL_REFUSED', 'the answer holds no certificate for the key of this host')
  const urls = Object.entries(receivers).filter((pair): pair is [string, string] => isHostsUrl(pair[1]))
  return { ...asked, chain, receivers: Object.fromEntries(urls) }
}

function fits(chain: string, key: string): boolean {
  return new X509Certificate(chain).publicKey.equals(createPublicKey(key))
}

/** Sends one request to the backbone of an installation, with no certificate of our own. */
export async function sendPinned(url: string, root: string, post: SocketPost): Promise<SocketAnswer> {
  const agent = tlsAgent({ root }, 'ledger')
  try {
    return await postOver((options) => request({ ...options, ...addressOf(url), agent }), post)
  } catch (error) {
    throw unreachable(url, error instanceof Error ? error.message : String(error), error)
  } finally {
    agent.destroy()
  }
}

/** A request of a few words, as JSON. */
export function jsonPost(path: string, body: unknown): SocketPost {
  return { path, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }
}

/**
 * Enrols this host: makes a key, shows the token, and gets a certificate. `keys` are those of the part, by which its
 * events will be known.
 * @throws LayerError LAYER_ENROL_UNREACHABLE, LAYER_ENROL_REFUSED.
 */
export async function enrolHost(token: EnrolToken, keys: PartKeys): Promise<Omit<HostFiles, 'certificate'>> {
  const root = await fetchRoot(token)
  const fresh = createHostKey(token.host, token.layer)
  const post = jsonPost(hostPaths.enrol, {
    token: token.secret,
    request: fresh.request,
    publicKey: Buffer.from(keys.publicKey).toString('base64'),
    proof: keys.sign(`${enrolContext}\n${fresh.request}`),
  })
  const answer = await sendPinned(token.url, root, post)
  return readIssued(answer, { key: fresh.key, root })
}
