import type { Answer } from './answer.ts'
import type { Visitor } from './visitor.ts'

/** A file to send. */
export interface Upload {
  readonly field: string
  readonly fileName: string
  readonly type: string
  readonly data: string
}

/** Sends a file as `multipart/form-data`; the file name goes out as it stands. */
export function upload(visitor: Visitor, path: string, file: Upload): Promise<Answer> {
  const boundary = '----sevenfold7MA4YWxkTrZu0gW'
  const body = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="${file.field}"; filename="${file.fileName}"`,
    `Content-Type: ${file.type}`,
    '',
    file.data,
    `--${boundary}--`,
    '',
  ].join('\r\n')
  return visitor.send({
    method: 'POST',
    path,
    body,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  })
}
