import { VigilError } from '../../../lib/errors.ts';
import { formatMisfortune, parseScript } from '../../../lib/session/simulation/parse-script.ts';

describe('parseScript', () => {
  it('reads every word, times as seconds, and repeats what is to be repeated', () => {
    const script = parseScript('crash*2, 20s ,hang,ok:0.5,health,exit:0 * 2,start-failed,crash*1');
    expect(script.map(formatMisfortune)).toEqual([
      'crash',
      'crash',
      'ok:20',
      'hang',
      'ok:0.5',
      'health',
      'exit:0',
      'exit:0',
      'start-failed',
      'crash',
    ]);
  });

  it.each([
    ['crsh', 'a script has no word "crsh": did you mean "crash"?'],
    ['exti:3', 'a script has no word "exti:3": did you mean "exit:N"?'],
    ['', 'a script has no word "": known are crash, hang,'],
    ['crash,,hang', 'a script has no word "": known are'],
    ['exit', '"exit": an exit code is a whole number from 0 to 255'],
    ['exit:256', '"exit:256": an exit code is'],
    ['ok', '"ok": a time is in seconds, as in ok:60 or 20s'],
    ['ok:-1', '"ok:-1": a time is in seconds'],
    ['ok:1e9', '"ok:1e9": a time is in seconds'],
    ['99999999s', '"99999999s": a time is in seconds'],
    ['ok:2000000,ok:2000000', 'a script is at most 30 days long'],
    ['crash*0', '"crash*0": a word happens at least once'],
    ['crash*999999999', 'a script is at most 1000 words long'],
    ['crash*-1', 'a script has no word "crash*-1"'],
    ['20s,start-timeout', '"start-timeout" cannot follow "ok:20"'],
    [
      'x'.repeat(1000),
      'a script has no word "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": known are',
    ],
  ])('refuses %j and says why', (text, message) => {
    expect(() => parseScript(text)).toThrow(VigilError);
    expect(() => parseScript(text)).toThrow(message);
  });
});
