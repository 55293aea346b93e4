import type { LocalResponder, LocalText } from '../upstream/local-answer.ts'

/** Folder of HTTP-01 challenges (RFC 8555 section 8.3). */
export const challengePath = '/.well-known/acme-challenge/'

const permanent = 308
const requestForm = /^[A-Z-]+ (\S+) HTTP\/1\.1\r\nHost: ([^\r\n]+)\r\n/

function challenge(target: string, tokens: ReadonlyMap<string, string>): LocalText {
  const text = tokens.get(target.slice(challengePath.length))
  return text === undefined
    ? { status: 404, fields: '', body: '' }
    : { status: 200, fields: 'Content-Type: application/octet-stream\r\n', body: text }
}

/**
 * What the plain address of an encrypted site answers: the tokens of a certificate authority, and to everything else
 * that it must be asked for encrypted (RFC 7538: the method stays).
 * @param securePort port of the encrypted site.
 */
export function redirectAnswer(
  securePort: () => number,
  tokens: () => ReadonlyMap<string, string>,
): LocalResponder {
  return (text) => {
    const [, target = '/', authority = ''] = requestForm.exec(text) ?? []
    if (target.startsWith(challengePath)) return challenge(target, tokens())
    const host = authority.replace(/:\d+$/, '')
    const port = securePort()
    const place = port === 443 ? host : `${host}:${port}`
    return { status: permanent, fields: `Location: https://${place}${target}\r\n`, body: '' }
  }
}
