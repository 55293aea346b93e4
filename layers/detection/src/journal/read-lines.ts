import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const chunkBytes = 1_048_576

/**
 * The lines of a file that are not empty, read piece by piece: a log may be longer than a text can be. Nothing for a
 * file that is not there; throws what the file system throws otherwise.
 */
export function* readLines(path: string): Generator<string> {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    const decoder = new StringDecoder('utf8')
    let rest = ''
    for (let count = readSync(fd, chunk); count > 0; count = readSync(fd, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, count))).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') yield line
    }
    rest += decoder.end()
    if (rest !== '') yield rest
  } finally {
    closeSync(fd)
  }
}
