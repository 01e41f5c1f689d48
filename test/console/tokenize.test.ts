import { tokenize, tokenizePartial } from '../../lib/console/tokenize.ts';

describe('tokenize', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  \t ', []],
    ['status', ['status']],
    ['  set   shop port 80 ', ['set', 'shop', 'port', '80']],
    ['say "two words"', ['say', 'two words']],
    ["say 'two words'", ['say', 'two words']],
    ['say ""', ['say', '']],
    [String.raw`say "a \"b\" c"`, ['say', 'a "b" c']],
    [String.raw`say 'a\ b'`, ['say', String.raw`a\ b`]],
    [String.raw`say two\ words`, ['say', 'two words']],
    [String.raw`say C:\path \d+`, ['say', String.raw`C:\path`, String.raw`\d+`]],
    ['say pre"fix ed"post', ['say', 'prefix edpost']],
    ['say end\\', ['say', 'end\\']],
    ['say ünï 💥', ['say', 'ünï', '💥']],
  ])('%j is %j', (line, words) => {
    expect(tokenize(line)).toEqual(words);
  });

  it.each(['say "open', "say 'open", 'say a"'])('refuses %j with ERR_COMMAND_ARGUMENT', (line) => {
    expect(() => tokenize(line)).toThrow(expect.objectContaining({ code: 'ERR_COMMAND_ARGUMENT' }));
  });
});

describe('tokenizePartial', () => {
  it.each([
    ['', [], '', ''],
    ['re', [], 're', 're'],
    ['restart ', ['restart'], '', ''],
    ['restart cl', ['restart'], 'cl', 'cl'],
    ['say "two wo', ['say'], 'two wo', '"two wo'],
  ])('%j has the finished words %j and ends in %j', (line, words, current, currentText) => {
    expect(tokenizePartial(line)).toEqual({ words, current, currentText });
  });
});
