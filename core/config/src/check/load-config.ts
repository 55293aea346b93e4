import { open } from 'node:fs/promises'
import { yamlLimits } from '@sevenfold/yaml'
import type { ConfigProblem } from './problem.ts'
import { readConfig } from './read-config.ts'
import type { ReadConfig } from './read-config.ts'

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
}

function problem(file: string, message: string, hint?: string): ConfigProblem {
  return {
    code: 'CONFIG_UNREADABLE',
    file,
    line: 1,
    column: 1,
    path: '',
    message,
    ...(hint === undefined ? {} : { hint }),
  }
}

async function readBounded(path: string): Promise<string | undefined> {
  const handle = await open(path, 'r')
  try {
    // One byte more than allowed tells "exactly the limit" from "over it" without reading an endless device.
    const buffer = Buffer.alloc(yamlLimits.maxBytes + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
      length += bytesRead
      if (bytesRead === 0 || length === buffer.length) break
    }
    return length > yamlLimits.maxBytes
      ? undefined
      : new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length))
  } finally {
    await handle.close()
  }
}

/** Reads and checks a configuration file of at most 1 MiB of UTF-8. A file that cannot be read is a problem like any other. */
export async function loadConfig(path: string): Promise<ReadConfig> {
  try {
    const text = await readBounded(path)
    if (text === undefined) {
      return { ok: false, problems: [problem(path, `the file is larger than ${yamlLimits.maxBytes} bytes`)] }
    }
    return readConfig(text, path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { ok: false, problems: [problem(path, 'the file is not UTF-8 text')] }
    const hint =
      code === 'ENOENT' ? 'make one with: sevenfold init --upstream http://127.0.0.1:3000' : undefined
    return { ok: false, problems: [problem(path, unreadable[code] ?? `it cannot be read (${code})`, hint)] }
  }
}
