import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A journal in a file, with a program that reads it as journalctl does. */
export interface FakeJournal {
  /** Program and first arguments to run in place of `journalctl`. */
  readonly program: readonly string[]
  /** Adds entries; each gets a cursor of its own. */
  write(...entries: readonly Readonly<Record<string, unknown>>[]): void
  /** Adds text that is no entry. */
  writeRaw(text: string): void
}

// Options as of journalctl: --follow, --lines=N, --after-cursor=C. It ends when its reader does.
const script = `
import { readFileSync } from 'node:fs'
const [file, ...args] = process.argv.slice(2)
const cursor = args.find((arg) => arg.startsWith('--after-cursor='))?.slice(15)
const count = args.find((arg) => arg.startsWith('--lines='))?.slice(8)
process.stdout.on('error', () => process.exit(0))
let given = 0
const read = () => readFileSync(file, 'utf8').split('\\n').slice(0, -1)
const cursorOf = (line) => { try { return JSON.parse(line).__CURSOR } catch { return undefined } }
const first = read()
if (cursor !== undefined) given = first.findIndex((line) => cursorOf(line) === cursor) + 1
if (count !== undefined) given = Math.max(0, first.length - Number(count))
const give = () => { const lines = read(); for (; given < lines.length; given++) process.stdout.write(lines[given] + '\\n') }
give()
if (args.includes('--follow')) setInterval(give, 20)
`

/** Makes an empty journal in a folder. */
export function createFakeJournal(folder: string): FakeJournal {
  const [file, program] = [join(folder, 'journal.ndjson'), join(folder, 'fake-journalctl.mjs')]
  writeFileSync(file, '')
  writeFileSync(program, script)
  let count = 0
  return {
    program: [process.execPath, program, file],
    write: (...entries) => {
      for (const entry of entries) {
        count += 1
        appendFileSync(file, `${JSON.stringify({ __CURSOR: `s=1;i=${count.toString(16)}`, ...entry })}\n`)
      }
    },
    writeRaw: (text) => appendFileSync(file, text),
  }
}
