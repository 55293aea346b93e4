// Appends numbers to a log until it is killed, a few at a time, and tells its parent which are on disk.
// argv: path, first number, bytes after which the log is written anew
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@sevenfold/layer'
import { openLineLog } from '../../src/journal/line-log.ts'
import { readLines } from '../../src/journal/read-lines.ts'

const [, , path = '', first = '0', compactAfterBytes = '0'] = process.argv
// What a crash tore is no record; nothing else may be missing.
const held = [...readLines(path)].filter((line) => /^\d{7}$/.test(line)).map(Number)
const log = await openLineLog<number>({
  path,
  records: () => [...held],
  onError: (error) => process.send?.({ type: 'error', error: String(error) }),
  clock: { after: (_ms, run) => systemClock.after(20, run) },
  compactAfterBytes: Number(compactAfterBytes),
})
process.send?.({ type: 'ready' })
let next = Number(first)
let state = next
// A fixed sequence of bursts and breaks: what is random is the moment of the kill.
const random = (below: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return (state >>> 8) % below
}
const stop = new AbortController()
process.on('message', (message) => {
  if (message === 'stop') stop.abort()
})
while (!stop.signal.aborted) {
  for (let i = random(400); i >= 0; i -= 1) {
    held.push(next)
    log.append(next)
    next += 1
    if (random(50) === 0) await new Promise(setImmediate)
  }
  const upTo = next - 1
  const flushed = log.flush().then(() => process.send?.({ type: 'flushed', upTo }))
  if (random(3) > 0) await flushed
  else await pause(random(3))
}
await log.close()
process.send?.({ type: 'closed', upTo: next - 1 })
process.disconnect()
