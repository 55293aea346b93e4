const form = /^(t|q)(\w\w)[di]\d\d\d\d(\w\w)_([0-9a-f]{12})_[0-9a-f]{12}$/

/**
 * The parts of a JA4 fingerprint that stay the same for one program: transport, version, ALPN and ciphers. Its number and
 * hash of extensions change when a browser resumes a session (pre_shared_key) or pads its hello, and so does whether a
 * name was sent when it comes by another name.
 */
export function stableJa4(ja4: string): string {
  const [, transport = '', version = '', alpn = '', ciphers = ''] = form.exec(ja4) ?? []
  return ciphers === '' ? ja4 : `${transport}${version}${alpn}_${ciphers}`
}
