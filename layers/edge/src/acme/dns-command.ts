import { execFile } from 'node:child_process'

/** Longest run of the program that sets a DNS record. */
export const dnsCommandTimeoutMs = 120_000
const outputLimit = 65_536

/**
 * Runs the operator's program for a DNS-01 record (RFC 8555 section 8.4): its own arguments, then `add` or `remove`,
 * the name of the record, its text. No shell is involved. It must return only when the record can be seen.
 * @throws Error with the end of what the program said.
 */
export function runDnsCommand(
  command: readonly string[],
  act: 'add' | 'remove',
  record: { readonly name: string; readonly text: string },
): Promise<void> {
  const [program, ...args] = command
  if (program === undefined) return Promise.reject(new Error('no command for dns-01'))
  const options = { timeout: dnsCommandTimeoutMs, maxBuffer: outputLimit, windowsHide: true }
  return new Promise((resolve, reject) => {
    execFile(program, [...args, act, record.name, record.text], options, (error, _stdout, stderr) => {
      if (error === null) resolve()
      else reject(new Error(`${program} ${act}: ${stderr.trim().slice(-500) || error.message}`))
    })
  })
}
