// A part that does what FAKE says: ready, silent, die, deaf (ignores SIGTERM), crash (dies when asked over its file),
// family (starts a child that ignores everything). Writes its pid and those of its children into FAKE_PIDS.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync } from 'node:fs'

const does = process.env.FAKE ?? 'ready'
const note = (text) => process.env.FAKE_PIDS && appendFileSync(process.env.FAKE_PIDS, `${text}\n`)
note(`start ${process.pid}`)
if (does === 'die') {
  process.stderr.write('fake: error: nothing works\u001b[31m\n')
  process.exit(7)
}
process.on('SIGTERM', () => {
  note(`term ${process.env.FAKE_NAME ?? ''}`)
  if (does !== 'deaf') process.exit(0)
})
if (does === 'family') {
  const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'], { stdio: ['ignore', 'pipe', 'ignore'] })
  note(`start ${child.pid}`)
  await new Promise((resolve) => child.stdout.once('data', resolve))
}
if (does === 'crash') {
  setInterval(() => {
    if (existsSync(`${process.env.FAKE_PIDS}.crash.${process.pid}`)) process.exit(9)
  }, 20)
}
setInterval(() => {}, 1000)
if (does !== 'silent') process.send?.({ type: 'ready', listen: [{ name: 'fake', url: `http://127.0.0.1:1/${process.env.SEVENFOLD_DATA === undefined ? 'no' : 'yes'}` }, { bad: 1 }] })
