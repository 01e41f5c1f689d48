import { parseAttribute } from '../../lib/cli/parse-attribute.ts';

describe('parseAttribute', () => {
  it.each([
    ['term=pizza', 'term', 'string', 'pizza'],
    ['term:string=a=b:c', 'term', 'string', 'a=b:c'],
    ['term:string=', 'term', 'string', ''],
    ['a::b:int32=-5', 'a::b', 'int32', -5],
    ['n:uint16=0xff', 'n', 'uint16', 255],
    ['n:int64=-9223372036854775808', 'n', 'int64', -9223372036854775808n],
    ['n:uint64=+18446744073709551615', 'n', 'uint64', 18446744073709551615n],
    ['lat:double=51.5e-1', 'lat', 'double', 5.15],
    ['lat:float=-Infinity', 'lat', 'float', -Infinity],
    ['lat:float=NaN', 'lat', 'float', NaN],
    ['on:boolean=1', 'on', 'boolean', true],
    ['on:boolean=false', 'on', 'boolean', false],
    ['ip:ip_addr=192.168.1.2', 'ip', 'ip_addr', '192.168.1.2'],
    ['v:uint16[]=1,2,3', 'v', 'uint16[]', [1, 2, 3]],
    ['v:uint16[]=', 'v', 'uint16[]', []],
    ['v:string[]=["a,b","c\\"d"]', 'v', 'string[]', ['a,b', 'c"d']],
    ['v:nullable uint16[]=7,null,9', 'v', 'nullable uint16[]', [7, null, 9]],
    ['v:nullable string[]=["null",null,x]', 'v', 'nullable string[]', ['null', null, 'x']],
    ['v:int64[]=[9007199254740993, -1]', 'v', 'int64[]', [9007199254740993n, -1n]],
  ])('reads %j', (text, name, type, value) => {
    expect(parseAttribute(text)).toEqual({ name, type, value });
  });

  it.each([
    ['term', 'expected key:type=value'],
    ['=x', 'expected key:type=value'],
    ['n:int8=5', '"int8" is no type: uint16, int16'],
    ['n:int32=', 'expected a whole number'],
    ['n:int32=1.5', 'expected a whole number'],
    ['n:uint16[]=1,,2', 'expected a whole number'],
    ['n:uint16[]=1,null', 'expected a whole number'],
    ['n:double=x', 'expected a number'],
    ['n:double=', 'expected a number'],
    ['n:boolean=yes', 'expected true or false'],
    ['n:string[]=["a"', 'JSON'],
  ])('refuses %j', (text, why) => {
    expect(() => parseAttribute(text)).toThrow(
      expect.objectContaining({
        code: 'ERR_USAGE',
        message: expect.stringContaining(`${JSON.stringify(text)}: `) as string,
      }) as Error,
    );
    expect(() => parseAttribute(text)).toThrow(why);
  });
});
