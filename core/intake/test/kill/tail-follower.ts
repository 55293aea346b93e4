// Follows a log until it is killed and writes what it is given to a file, as somebody who keeps lines does.
// argv: log, file of the position, output
import { closeSync, fdatasyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { FileTail } from '@sevenfold/intake'
import { systemClock } from '@sevenfold/layer'

const [, , path = '', positionPath = '', output = ''] = process.argv
// A kill may have torn its own last write.
truncateSync(output, readFileSync(output).lastIndexOf(0x0a) + 1)
const fd = openSync(output, 'a')
process.on('exit', () => closeSync(fd))
new FileTail({
  path,
  positionPath,
  begin: 'start',
  clock: systemClock,
  pollMs: 1,
  onLines: (lines) => {
    writeSync(fd, lines.map(({ text }) => `${text}\n`).join(''))
    fdatasyncSync(fd)
    return Promise.resolve()
  },
}).start()
process.send?.('ready')
