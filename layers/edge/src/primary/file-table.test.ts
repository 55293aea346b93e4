import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const isLinux = existsSync('/proc/self/status')
const table = JSON.stringify(new URL('file-table.ts', import.meta.url).href)

/** Runs a script in a process of its own, in which nobody else opens files, and gives what it says. */
function said(script: string, mostFiles = 4096): unknown {
  const text = `
    import { execFileSync } from 'node:child_process'
    import { openSync, readFileSync, readdirSync } from 'node:fs'
    import { growFileTable } from ${table}
    const status = '/proc/self/status'
    const sizeIn = (text) => Number(/^FDSize:\\s+(\\d+)$/m.exec(text)?.[1])
    const openFiles = () => readdirSync('/proc/self/fd').length
    const say = (value) => process.stdout.write(JSON.stringify(value))
    ${script}`
  const run = `ulimit -n ${mostFiles}; exec "$0" --import tsx --input-type=module -e "$1"`
  return JSON.parse(execFileSync('sh', ['-c', run, process.execPath, text], { encoding: 'utf8' }))
}

describe.skipIf(!isLinux)('the table of open files (needs /proc)', () => {
  it('has room from the start on, here and in a child', () => {
    const sizes = said(`
      growFileTable(600)
      const texts = [readFileSync(status, 'utf8'), execFileSync('cat', [status], { encoding: 'utf8' })]
      say(texts.map((text) => sizeIn(text) > 600))`)
    expect(sizes).toEqual([true, true])
  })

  it('costs one open file until it is released', () => {
    const counts = said(`
      const before = openFiles()
      const release = growFileTable(300)
      const during = openFiles()
      release()
      say([during - before, openFiles() - before])`)
    expect(counts).toEqual([1, 0])
  })

  it('takes what the limit of the process gives, and leaves it free', () => {
    const opened = said(
      `
      growFileTable(1_000_000)
      say(Array.from({ length: 50 }, () => openSync('/dev/null', 'r')).length)`,
      256,
    )
    expect(opened).toBe(50)
  })
})
