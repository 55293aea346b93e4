import type { Buffer } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { Agent, get } from 'node:https'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import type * as Acme from 'acme-client'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import { runDnsCommand } from './dns-command.ts'

/** What a certificate is fetched for, as `sites[].tls.acme` says. */
export interface AcmeWish {
  readonly directory: string
  readonly email?: string | undefined
  /** Names of the certificate; the first is its common name. */
  readonly domains: readonly string[]
  readonly challenge: 'http-01' | 'dns-01'
  readonly dnsCommand: readonly string[]
  /** PEM file of the authorities that the directory is checked with, besides those of Node. */
  readonly ca?: string | undefined
}

/** Where the answers of HTTP-01 are shown. */
export interface TokenBoard {
  /** Resolves when every process that may be asked knows it. */
  put(token: string, text: string): Promise<void>
  remove(token: string): Promise<void>
}

/** Longest wait for one answer of the authority. */
const requestTimeoutMs = 30_000
/** RFC 8555 section 6.1 wants one of every client, and real authorities refuse who sends none. */
const userAgent = 'sevenfold'
const tokenForm = /^[A-Za-z0-9_-]{1,256}$/

function agentOf(ca: string | undefined): Agent {
  return ca === undefined ? new Agent() : new Agent({ ca: [...rootCertificates, readFileSync(ca, 'utf8')] })
}

/** Asks for the directory once by ourselves: the client's own message of a failed connection says nothing. */
function reach(directory: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'User-Agent': userAgent }
    const asked = get(directory, { agent, headers, timeout: requestTimeoutMs }, (answer) => {
      answer.resume()
      if (answer.statusCode === 200) resolve()
      else reject(new Error(`${directory} answers ${answer.statusCode ?? 'nothing'}`))
    })
    asked.once('timeout', () => asked.destroy(new Error('it does not answer in time')))
    asked.once('error', (error) => reject(new Error(`${directory} cannot be used: ${error.message}`)))
  })
}

/** Loaded only when a certificate is fetched: a process that never does pays nothing. */
async function loadClient(agent: Agent): Promise<typeof Acme> {
  const acme = await import('acme-client')
  acme.axios.defaults.httpsAgent = agent
  // The keeper tries again by itself, with longer pauses.
  const settings: unknown = Reflect.get(acme.axios.defaults, 'acmeSettings')
  if (typeof settings === 'object' && settings !== null) Reflect.set(settings, 'retryMaxAttempts', 1)
  acme.axios.defaults.timeout = requestTimeoutMs
  return acme
}

/** The key of the account, made at its first use. */
async function accountKey(acme: typeof Acme, folder: string): Promise<Buffer> {
  const path = join(folder, 'account.key')
  if (existsSync(path)) return readFileSync(path)
  const key = await acme.crypto.createPrivateEcdsaKey()
  writeAtomic(path, key)
  return key
}

/**
 * Fetches a certificate (RFC 8555) and writes `certificate.pem` and `key.pem` into `folder`, which is made where it is
 * missing. A failure leaves what was there. @throws Error of the authority, the network or the DNS program.
 */
export async function fetchCertificate(folder: string, wish: AcmeWish, board: TokenBoard): Promise<void> {
  const agent = agentOf(wish.ca)
  await reach(wish.directory, agent)
  const acme = await loadClient(agent)
  ensurePrivateFolder(folder)
  const client = new acme.Client({
    directoryUrl: wish.directory,
    accountKey: await accountKey(acme, folder),
  })
  const key = await acme.crypto.createPrivateEcdsaKey()
  const [commonName = ''] = wish.domains
  const [, csr] = await acme.crypto.createCsr({ commonName, altNames: [...wish.domains] }, key)
  const record = (domain: string, text: string): { name: string; text: string } => ({
    name: `_acme-challenge.${domain}`,
    text,
  })
  const certificate = await client.auto({
    csr,
    ...(wish.email === undefined ? {} : { email: wish.email }),
    termsOfServiceAgreed: true,
    // Asking ourselves from here proves nothing about what the authority sees.
    skipChallengeVerification: true,
    challengePriority: [wish.challenge],
    challengeCreateFn: async ({ identifier }, challenge, text: string) => {
      if (challenge.type === 'http-01') await board.put(checkedToken(challenge.token), text)
      else await runDnsCommand(wish.dnsCommand, 'add', record(identifier.value, text))
    },
    challengeRemoveFn: async ({ identifier }, challenge, text: string) => {
      if (challenge.type === 'http-01') await board.remove(checkedToken(challenge.token))
      else await runDnsCommand(wish.dnsCommand, 'remove', record(identifier.value, text))
    },
  })
  // The key first: the certificate is what readers look at to see a change.
  writeAtomic(join(folder, 'key.pem'), key)
  writeAtomic(join(folder, 'certificate.pem'), certificate)
}

/** A token becomes part of a path: RFC 8555 section 8.3 allows base64url only. */
function checkedToken(token: string): string {
  if (!tokenForm.test(token)) throw new Error('the authority sent a malformed token')
  return token
}
