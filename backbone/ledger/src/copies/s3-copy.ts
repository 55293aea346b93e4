import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { S3Client } from '@aws-sdk/client-s3'
import { CopyConflict } from './copy-target.ts'
import type { CopyTarget } from './copy-target.ts'

/** A bucket with object lock. Credentials come from the environment, as for every AWS tool. */
export interface S3CopyOptions {
  readonly bucket: string
  readonly region: string
  /** Begins the name of every object; empty or ends with a slash. */
  readonly prefix: string
  /** For stores that are not Amazon's. */
  readonly endpoint?: string
  /** How long nobody can overwrite or delete an object, in milliseconds. */
  readonly lockMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Most decompressed bytes of an object of ours that is read again. */
const maxObjectBytes: number = 64 << 20

const digits = (index: number): string => String(index).padStart(20, '0')

/** Name of the object with the entries from `first` to before `end`. */
export function entriesKey(prefix: string, first: number, end: number): string {
  return `${prefix}entries/${digits(first)}-${digits(end)}.ndjson.gz`
}

/** Name of the object with the checkpoint of that size. */
export function checkpointKey(prefix: string, size: number): string {
  return `${prefix}checkpoints/${digits(size)}`
}

function isExisting(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } })?.$metadata?.httpStatusCode
  return status === 412 || status === 409
}

/** The client library is large: it is loaded when there is something to copy. */
async function openClient({ region, endpoint }: S3CopyOptions): Promise<S3Client> {
  const { S3Client: Client } = await import('@aws-sdk/client-s3')
  return new Client({
    region,
    maxAttempts: 2,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  })
}

interface Store {
  /** Creates an object that nobody can change until the lock ends; takes one that is there and equal for its own. */
  create(key: string, body: Buffer, content: Buffer): Promise<void>
  close(): void
}

function createStore(options: S3CopyOptions): Store {
  let client: Promise<S3Client> | undefined
  const { bucket, lockMs, now } = options
  const readBack = async (open: S3Client, key: string): Promise<Buffer> => {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3')
    const { Body } = await open.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
    return key.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: maxObjectBytes }) : bytes
  }
  return {
    create: async (key, body, content) => {
      const open = await (client ??= openClient(options))
      const { PutObjectCommand } = await import('@aws-sdk/client-s3')
      try {
        await open.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            IfNoneMatch: '*',
            ChecksumSHA256: createHash('sha256').update(body).digest('base64'),
            ObjectLockMode: 'COMPLIANCE',
            ObjectLockRetainUntilDate: new Date(now() + lockMs),
          }),
        )
      } catch (error) {
        if (!isExisting(error)) throw error
        if (!(await readBack(open, key)).equals(content))
          throw new CopyConflict(`object ${key} holds something else`, { cause: error })
      }
    },
    close: () => void client?.then((open) => open.destroy()),
  }
}

/**
 * Copies entries and checkpoints as objects under object lock in compliance mode: until the lock ends not even the
 * owner of the account can change or delete them. An object that is there already must be equal.
 */
export function createS3Copy(name: string, options: S3CopyOptions): CopyTarget {
  const store = createStore(options)
  const { prefix } = options
  return {
    name,
    send: async ({ first, lines }) => {
      const content = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      await store.create(entriesKey(prefix, first, first + lines.length), gzipSync(content), content)
    },
    checkpoint: async (note, { size }) => {
      const content = Buffer.from(note)
      await store.create(checkpointKey(prefix, size), content, content)
    },
    close: () => {
      store.close()
      return Promise.resolve()
    },
  }
}
