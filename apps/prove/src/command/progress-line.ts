import type { Progress } from '../matrix/run-proof.ts'

/** Where progress is shown; `isTTY` decides whether the line is rewritten. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Shows progress with the time left: on a terminal in one line, elsewhere once every ten percent. */
export function showProgress(stream: ProgressStream, now: () => number): (progress: Progress) => void {
  const started = now()
  let lastTenth = -1
  return ({ done, total, doing }) => {
    const seconds = done === 0 ? 0 : Math.round(((now() - started) / done / 1000) * (total - done))
    const left = done === 0 || done >= total ? '' : `, about ${seconds} s left`
    const text = `${String(done).padStart(String(total).length)} of ${total}${left}: ${doing}`
    if (stream.isTTY === true) {
      stream.write(`\r\u001b[2K${done >= total ? '' : text.slice(0, 100)}`)
      return
    }
    const tenth = Math.floor((done / total) * 10)
    if (tenth > lastTenth) stream.write(`${text}\n`)
    lastTenth = tenth
  }
}
