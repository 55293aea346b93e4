export { ParquetFile } from './parquet-file.ts'
