/**
 * Hands on together what comes one by one in one turn of the event loop: the library tells of each message in a
 * callback of its own, and whatever a message causes to be written would be written by itself.
 */
export function gatherTurn<Item>(onItems: (items: readonly Item[]) => void): (item: Item) => void {
  let items: Item[] = [];
  return (item) => {
    if (items.length === 0)
      setImmediate(() => {
        const gathered = items;
        items = [];
        onItems(gathered);
      });
    items.push(item);
  };
}
