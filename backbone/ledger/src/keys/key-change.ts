import {
  decodeVerifierKey,
  encodeVerifierKey,
  isSignedBy,
  parseNote,
  signatureLine,
  signNote,
} from '@sevenfold/merkle'
import type { NoteKey } from '@sevenfold/merkle'
import type { LogSigner } from '../log/log-key.ts'

/** `rotate`: the old key is good for what it signed. `revoke`: it is in other hands, and who trusts it must be told by another way. */
export type KeyChangeKind = 'rotate' | 'revoke'

/** From one key of a log to the next. */
export interface KeyChange {
  readonly kind: KeyChangeKind
  /** Entries that the old key signed; of larger trees its signature says nothing. */
  readonly size: number
  /** Root over these entries, base64. */
  readonly root: string
  readonly from: NoteKey
  readonly to: NoteKey
  /** ISO 8601. */
  readonly time: string
  /** One line. */
  readonly reason: string
}

const title = 'sevenfold key change/1'

/** A change as a C2SP signed note under both keys: the old one lets its trust go on, the new one shows that its holder agrees. */
export function signKeyChange(
  change: KeyChange,
  signers: { readonly from: LogSigner; readonly to: LogSigner },
): string {
  const { kind, size, root, from, to, time, reason } = change
  const lines = [
    title,
    kind,
    String(size),
    root,
    encodeVerifierKey(from),
    encodeVerifierKey(to),
    time,
    oneLine(reason),
  ]
  const text = `${lines.join('\n')}\n`
  const signWith = (key: NoteKey, signer: LogSigner): string =>
    signNote(text, key, (bytes) => Buffer.from(signer.sign(bytes), 'base64'))
  const second = parseNote(signWith(to, signers.to)).signatures.map(signatureLine).join('')
  return signWith(from, signers.from) + second
}

const oneLine = (text: string): string => text.replaceAll(/[^\P{C}]+/gu, ' ').slice(0, 500)

/** Reads a change and checks both signatures. Throws an Error that says what is wrong. */
export function readKeyChange(note: string): KeyChange {
  const parsed = parseNote(note)
  const [head, kind, size = '', root = '', from = '', to = '', time = '', reason = ''] =
    parsed.text.split('\n')
  if (head !== title || (kind !== 'rotate' && kind !== 'revoke')) throw new Error('no key change')
  if (!/^(?:0|[1-9]\d{0,15})$/u.test(size)) throw new Error('a key change has a number of entries')
  const change: KeyChange = {
    kind,
    size: Number(size),
    root,
    from: decodeVerifierKey(from),
    to: decodeVerifierKey(to),
    time,
    reason,
  }
  if (change.from.name !== change.to.name) throw new Error('the name of the log differs')
  for (const key of [change.from, change.to])
    if (!isSignedBy(parsed, key)) throw new Error('a signature is missing')
  return change
}
