import { join } from 'node:path'
import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'

/** The longest token is not half as long. */
const maxInput = 8192

async function tokenOf(call: Call): Promise<string> {
  const [word = ''] = call.words
  if (word !== '-') return word
  let text = ''
  for await (const chunk of call.io.input()) {
    text += Buffer.from(chunk).toString('utf8')
    if (text.length > maxInput) throw usageError('standard input is no token', 'pipe the one word in')
  }
  return text.trim()
}

/** `sevenfold enrol`. */
export const enrol: Command = {
  name: 'enrol',
  summary: 'make a layer of this host a member of an installation, with a token from there',
  details:
    'Makes a key in the data folder, checks the backbone against the fingerprint in the token, and gets a certificate\nthat is bound to the host, the layer and its datasets. A token works once.',
  words: {
    name: 'TOKEN',
    help: 'what sevenfold enrol token printed; - reads it from standard input, where ps does not show it',
    min: 1,
    max: 1,
  },
  options: placeOptions,
  examples: ['sevenfold enrol sf1.eyJ1Ijo…', 'sevenfold enrol - < token.txt'],
  run: async (call) => {
    const {
      decodeEnrolToken,
      enrolHost,
      ensurePrivateFolder,
      loadOrCreateKeys,
      readHostFiles,
      writeHostFiles,
    } = await import('@sevenfold/layer')
    const token = decodeEnrolToken(await tokenOf(call))
    const folder = await dataFolder(call)
    const ownDir = join(folder, token.layer)
    // A ledger that enrols elsewhere stays what it is, and sends a copy there.
    const isCopy = token.layer === 'ledger'
    const partDir = isCopy
      ? join(ownDir, 'copies', 'ledgers', new URL(token.url).host.replaceAll(/[^\w.-]/g, '_'))
      : ownDir
    ensurePrivateFolder(folder)
    ensurePrivateFolder(ownDir)
    ensurePrivateFolder(partDir)
    const files = await enrolHost(token, loadOrCreateKeys(join(ownDir, 'keys')))
    writeHostFiles(partDir, files)
    const ends = new Date(readHostFiles(partDir)?.certificate.notAfterMs ?? 0).toISOString()
    const { host, layer, url } = token
    if (call.json)
      call.io.out(JSON.stringify({ host, layer, url, receivers: files.receivers, certificateEnds: ends }))
    else {
      call.io.out(
        `${layer} on ${host} is enrolled at ${url}; its certificate holds until ${ends} and renews itself`,
      )
      call.io.note(
        isCopy
          ? 'next: start sevenfold up again; it copies the ledger there'
          : `next: sevenfold up --layers ${layer}`,
      )
    }
    return 0
  },
}
