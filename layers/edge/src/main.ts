import { runLayer } from '@sevenfold/layer'
import { edgeLayer } from './primary/edge-layer.ts'

await runLayer(edgeLayer)
