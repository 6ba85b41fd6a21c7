// Reads Prometheus' text format from standard input with a parser by other authors, and prints what
// it understood as JSON.
import parse from 'parse-prometheus-text-format';
import { readFileSync } from 'node:fs';

console.log(JSON.stringify(parse(readFileSync(0, 'utf8'))));
