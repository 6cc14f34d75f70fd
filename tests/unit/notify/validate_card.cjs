// Reads one Adaptive Card message a line, prints what Microsoft's own parser (npm adaptivecards) has to say of each as JSON.
const fs = require("fs");
const Module = require("module");

const file = process.argv[2]; // .../adaptivecards/dist/adaptivecards.js: CommonJS in a package that calls itself ESM
const library = new Module(file);
library.paths = Module._nodeModulePaths(file);
library._compile(fs.readFileSync(file, "utf8"), file.replace(/\.js$/, ".cjs"));
const { AdaptiveCard, SerializationContext } = library.exports;

for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const context = new SerializationContext();
  const card = new AdaptiveCard();
  card.parse(JSON.parse(line).attachments[0].content, context);
  const said = card.validateProperties().validationEvents.map((event) => event.message);
  for (let at = 0; at < context.eventCount; at++) said.push(context.getEventAt(at).message);
  console.log(JSON.stringify(said));
}
