// The thread that judges: takes an order, answers with a verdict, one at a time.
import { parentPort } from 'node:worker_threads';
import { judge, type JudgeOrder } from './judge.js';

parentPort?.on('message', (order: JudgeOrder) => parentPort?.postMessage(judge(order)));
