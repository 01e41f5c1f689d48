import { LineSplitter } from '../../lib/console/line-splitter.ts';

describe('LineSplitter', () => {
  it('joins pieces into lines and takes either line end', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push('one\ntw')).toEqual(['one']);
    expect(splitter.push('o\r\n\nthr')).toEqual(['two', '']);
    expect(splitter.end()).toBe('thr');
    expect(splitter.end()).toBeUndefined();
  });

  it('keeps a character together that two chunks share', () => {
    const splitter = new LineSplitter(100);
    const bytes = Buffer.from('💥\n');
    expect(splitter.push(bytes.subarray(0, 2))).toEqual([]);
    expect(splitter.push(bytes.subarray(2))).toEqual(['💥']);
  });

  it('keeps no more than its allowance of an endless line', () => {
    const splitter = new LineSplitter(10);
    for (let i = 0; i < 1000; i++) expect(splitter.push(Buffer.alloc(1000, 'x'))).toEqual([]);
    expect(splitter.push('\nnext\n')).toEqual(['x'.repeat(11), 'next']);
  });
});
