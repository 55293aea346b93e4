import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { LayerError } from '../error.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { isHostsUrl } from './enrol-token.ts'
import { readHostCertificate } from './host-identity.ts'
import type { HostCertificate } from './host-identity.ts'

/** What a part keeps of its enrolment, in `data/<part>/host/`. */
export interface HostFiles {
  /** Private key, PEM. */
  readonly key: string
  /** Its certificate and those that lead to the root, PEM. */
  readonly chain: string
  /** The root of the installation, PEM. */
  readonly root: string
  /** Where each receiver listens for hosts, such as `ledger` and `detection`. */
  readonly receivers: Readonly<Record<string, string>>
  /** What the certificate says. */
  readonly certificate: HostCertificate
}

/** Longest file of an enrolment, in bytes. */
export const maxHostFileBytes = 65_536

/** Folder of a part's enrolment. */
export function hostFolder(partDir: string): string {
  return join(partDir, 'host')
}

function fileOf(folder: string): string {
  return join(folder, 'enrolment.json')
}

function invalid(folder: string, why: string): LayerError {
  return new LayerError('LAYER_HOST_INVALID', `the enrolment in ${folder} ${why}`, {
    hint: 'enrol this host anew with a fresh token: sevenfold enrol TOKEN',
  })
}

const limits = { maxTextLength: maxHostFileBytes, maxDepth: 4, maxNodes: 64, maxStringLength: 32_768 }

/** True when the part was enrolled, whether or not its files can be read. */
export function isEnrolled(partDir: string): boolean {
  return existsSync(fileOf(hostFolder(partDir)))
}

/** Something that changes when the enrolment does; empty without one. */
export function hostStamp(partDir: string): string {
  const stat = statSync(fileOf(hostFolder(partDir)), { throwIfNoEntry: false })
  return stat === undefined ? '' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`
}

/**
 * Reads the enrolment of a part; undefined when there is none.
 * @throws LayerError LAYER_HOST_INVALID when it is damaged, LAYER_KEYS_MODE when others can read it.
 */
export function readHostFiles(partDir: string): HostFiles | undefined {
  const folder = hostFolder(partDir)
  const path = fileOf(folder)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if ((stat.mode & 0o077) !== 0)
    throw new LayerError('LAYER_KEYS_MODE', `${path} can be read by others`, {
      hint: `chmod 600 ${path}, and enrol anew if others had access`,
    })
  const parsed =
    stat.size > maxHostFileBytes ? undefined : parseBoundedJson(readFileSync(path, 'utf8'), limits)
  if (parsed?.ok !== true || !isJsonObject(parsed.value) || parsed.value['v'] !== 1)
    throw invalid(folder, 'cannot be read')
  const { key, chain, root, receivers } = parsed.value
  if (typeof key !== 'string' || typeof chain !== 'string' || typeof root !== 'string')
    throw invalid(folder, 'is not complete')
  const certificate = readHostCertificate(chain)
  if (certificate === undefined) throw invalid(folder, 'holds no certificate of a host')
  const urls = isJsonObject(receivers) ? Object.entries(receivers) : []
  const known = urls.filter((pair): pair is [string, string] => isHostsUrl(pair[1]))
  return { key, chain, root, receivers: Object.fromEntries(known), certificate }
}

/** Stores an enrolment, key and certificate in one step: a crash never leaves one without the other. */
export function writeHostFiles(partDir: string, files: Omit<HostFiles, 'certificate'>): void {
  const folder = hostFolder(partDir)
  ensurePrivateFolder(partDir)
  ensurePrivateFolder(folder)
  const { key, chain, root, receivers } = files
  writeAtomic(fileOf(folder), `${JSON.stringify({ v: 1, key, chain, root, receivers }, undefined, 2)}\n`)
}
