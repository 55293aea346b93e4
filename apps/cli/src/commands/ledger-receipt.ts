import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { environmentError, exitCodes, usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'

function readNamed(call: Call, path: string): Buffer {
  try {
    return readFileSync(resolve(call.io.cwd, path))
  } catch (error) {
    throw environmentError(`${path} cannot be read`, 'name a file that you may read', error)
  }
}

/** `sevenfold ledger receipt`. */
export const ledgerReceipt: Command = {
  name: 'ledger receipt',
  summary: 'verify the receipt of an entry, without the ledger',
  words: { name: 'PROOF', help: 'a .tlog-proof file', min: 1, max: 1 },
  options: {
    entry: { type: 'string', value: 'FILE', help: 'the entry, byte for byte' },
    key: { type: 'string', value: 'FILE', help: 'verifier key of the log, kept elsewhere' },
    witness: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      help: 'verifier key of a witness; may stand several times',
    },
    quorum: {
      type: 'string',
      value: 'N',
      help: 'witnesses that must have cosigned',
      default: 'all that are named',
    },
  },
  examples: [
    'sevenfold ledger receipt evidence.tlog-proof --entry evidence.entry --key log.vkey --witness w1.vkey',
  ],
  exits: { 1: 'the receipt does not hold' },
  run: async (call) => {
    const [path] = call.words
    const [entry, keyFile] = [call.text('entry'), call.text('key')]
    if (path === undefined || entry === undefined || keyFile === undefined)
      throw usageError('a receipt, --entry and --key are needed', 'sevenfold ledger receipt --help')
    const { MerkleError, decodeCosignerKey, decodeTlogProof, decodeVerifierKey, leafHash, verifyTlogProof } =
      await import('@sevenfold/merkle')
    const witnessFiles = call.texts('witness')
    const quorum = Number(call.text('quorum') ?? witnessFiles.length)
    if (!Number.isInteger(quorum) || quorum < 0 || quorum > witnessFiles.length)
      throw usageError(`--quorum takes a number up to ${witnessFiles.length}`, 'name more witnesses')
    try {
      const log = decodeVerifierKey(readNamed(call, keyFile).toString('utf8'))
      const witnesses = witnessFiles.map((file) => decodeCosignerKey(readNamed(call, file).toString('utf8')))
      const proof = decodeTlogProof(readNamed(call, path).toString('utf8'))
      const leaf = leafHash(readNamed(call, entry))
      const proven = verifyTlogProof(proof, leaf, { log, witnesses, quorum })
      const names = [...(proven?.witnesses ?? [])].map(([name, at]) => ({
        name,
        at: new Date(at * 1000).toISOString(),
      }))
      if (call.json)
        call.io.out(JSON.stringify({ ok: proven !== undefined, index: proof.index, witnesses: names }))
      else if (proven === undefined)
        call.io.out('the receipt does not hold: another entry, another log, or a signature is missing')
      else {
        call.io.out(
          `entry ${proven.index} of ${proven.checkpoint.origin}, which had ${proven.checkpoint.size} entries`,
        )
        for (const { name, at } of names) call.io.out(`cosigned by ${name} at ${at}`)
      }
      return proven === undefined ? exitCodes.findings : exitCodes.ok
    } catch (error) {
      if (error instanceof MerkleError) throw usageError(error.message, 'are these the right files?')
      throw error
    }
  },
}
