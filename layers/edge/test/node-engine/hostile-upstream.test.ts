// The second implementation of HttpEngine under the same suite as the first.
process.env['SEVENFOLD_EDGE_ENGINE'] = 'node'

await import('../hostile-upstream.test.ts')
