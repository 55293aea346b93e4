import { z } from 'zod'
import { option } from './option.ts'
import { duration, size } from './units.ts'

const count = (min: number, max: number) => z.int().min(min).max(max)

/** Sizes, counts and times of the edge, by name. Every site of one edge shares them. */
export const limitsSchema = z.strictObject({
  headerSize: option(
    size({ min: '1KiB', max: '64KiB' }).prefault('16KiB'),
    'Longest request head: request line and all header lines. Over it: 431.',
  ),
  headerCount: option(count(10, 1000).default(100), 'Most header lines of a request. Over it: 431.'),
  targetSize: option(
    size({ min: '256B', max: '32KiB' }).prefault('8KiB'),
    'Longest request target (path and query). Over it: 414.',
  ),
  headerTimeout: option(
    duration({ min: '100ms', max: '2m' }).prefault('5s'),
    'Longest time for a whole request head, from its first byte. Over it: 408.',
    { security: 'A high value lets slow clients hold connections.' },
  ),
  bodyTimeout: option(
    duration({ min: '100ms', max: '1h' }).prefault('10s'),
    'Longest pause between two parts of a request body. Over it: 408.',
    { security: 'A high value lets slow clients hold connections.' },
  ),
  bodyMinimumRate: option(
    size({ min: '1B', max: '1MiB' }).prefault('256B'),
    'Slowest request body, bytes a second, averaged after the first bodyTimeout. Under it: 408.',
    { security: 'A low value lets slow clients hold connections.' },
  ),
  bodySize: option(
    size({ min: '0B', max: '10GiB' }).prefault('16MiB'),
    'Largest request body. Over it: 413.',
  ),
  inspectedBodySize: option(
    size({ min: '0B', max: '16MiB' }).prefault('128KiB'),
    'How much of a body the inspection reads.',
    { security: 'What lies behind this many bytes is forwarded unread.' },
  ),
  responseTimeout: option(
    duration({ min: '100ms', max: '1h' }).prefault('15s'),
    'Longest time in which a client takes nothing of an answer that waits for it. Over it: the connection is closed.',
  ),
  keepAliveTimeout: option(
    duration({ min: '100ms', max: '1h' }).prefault('15s'),
    'Longest idle time of a client connection between two requests.',
  ),
  requestsPerConnection: option(
    count(1, 1_000_000).default(10_000),
    'Most requests on one client connection.',
  ),
  connections: option(count(16, 1_000_000).default(10_000), 'Most open client connections of one worker.'),
  connectionsPerAddress: option(
    count(1, 1_000_000).default(100),
    'Most open client connections of one address in one worker. Over it: the connection is closed.',
    { security: 'A high value lets one address take all connections.' },
  ),
  upstreamConnectTimeout: option(
    duration({ min: '100ms', max: '2m' }).prefault('3s'),
    'Longest time to reach the upstream. Over it: 502.',
  ),
  upstreamResponseTimeout: option(
    duration({ min: '100ms', max: '1h' }).prefault('10s'),
    'Longest wait for the head of the answer. Over it: 504.',
  ),
  upstreamBodyTimeout: option(
    duration({ min: '100ms', max: '1h' }).prefault('60s'),
    'Longest pause between two parts of the answer. Over it: the connection is closed.',
  ),
  upstreamHeaderSize: option(
    size({ min: '1KiB', max: '256KiB' }).prefault('32KiB'),
    'Longest head of an answer. Over it: 502.',
  ),
  upstreamConnections: option(
    count(1, 100_000).default(128),
    'Most connections of one worker to one upstream.',
  ),
  upstreamKeepAliveTimeout: option(
    duration({ min: '100ms', max: '1h' }).prefault('4s'),
    "Longest idle time of a connection to the upstream; keep it below the upstream's own.",
  ),
  upgradeIdleTimeout: option(
    duration({ min: '1s', max: '1d' }).prefault('10m'),
    'Longest silence on an upgraded (WebSocket) connection.',
  ),
  tlsHandshakeTimeout: option(
    duration({ min: '100ms', max: '1m' }).prefault('5s'),
    'Longest time for PROXY header and TLS handshake. Over it: the connection is closed.',
    { security: 'A high value lets slow clients hold connections.' },
  ),
  http2Streams: option(count(1, 1000).default(100), 'Most requests at once on one HTTP/2 connection.'),
  http2Resets: option(
    count(1, 100_000).default(100),
    'Most requests of one HTTP/2 connection that the client may give up within 10 s. Over it: the connection is closed.',
    { security: 'A high value lets one client make work that nobody reads (rapid reset).' },
  ),
  http2Controls: option(
    count(1, 100_000).default(100),
    'Most SETTINGS and PING frames of one HTTP/2 connection within 10 s. Over it: the connection is closed.',
  ),
  inspectionSteps: option(
    count(1000, 1_000_000_000).default(5_000_000),
    'Most work of the inspection on one request, in engine steps. Over it: see onInspectionFailure.',
    { security: 'A high value lets one request use much CPU.' },
  ),
  inspectionSlice: option(
    duration({ min: '1ms', max: '100ms' }).prefault('2ms'),
    'Longest uninterrupted work on one request before others get their turn.',
  ),
  workerSilence: option(
    duration({ min: '2s', max: '10m' }).prefault('10s'),
    'Longest time without a sign of life of a worker process. Over it: it is ended, and a new one takes its place.',
  ),
})
