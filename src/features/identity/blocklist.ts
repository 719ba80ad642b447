/**
 * Words and keyboard patterns that common passwords are made of, for `passwordProblem` alone: a server file, because a
 * browser has no use for it. Entries are lower case; digits and symbols around them do not make a password better.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
000000000000 012345678910 098765432109 102030405060 111111111111 112233445566 121212121212 123123123123 123456123456
123456789012 1234567890123 12345678901234 1234qwerasdf 1234qwerasdfzxcv 123qweasdzxc 147258369 147258369147
159357258456 159753456852 18atcskd2w 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv
1qazxsw23edc 3rjs1la7qe 741852963 789456123 963852741 987654321098 a123456789 a1b2c3d4e5f6 a1s2d3f4g5h6 aa123456789
aaa aaaaaa abc abc123abc123 abcabc abcd abcd1234abcd abcdef abcdef123456 abcdefg abcdefgh abcdefghijkl abercrombie
aberdeen access accessdenied accessgranted accounting acdc acmilan adidas admin adminadmin administrator
adminpassword aeropostale africa ahmed airforce airjordan airport ajax aladdin alaska alejandra alejandro alex
alexander alexandra alexandre alexis alhamdulillah alien aliens allah alligator alpha always alwaysandforever amanda
amazon america american amor amore amour amsterdam andrea andreas andrei andrew android angel angelic angelina angelo
angels ankara anthony antonia antonio anybody anything apartment apollo apple apples april aragorn archangel
argentina ariel armani army arsenal asd asdasd asdf asdfasdf asdfgh asdfghjkl asdfghjkl123 ashley asko assassin
assassinscreed asshole asteroid astronaut astros athena athens atlanta atletico auckland audi august australia
austria autumn avengers azerty babe babes baby babyblue babyboy babydoll babyface babygirl babylove babyphat
backstreet bacon badboy badger badgirl bailey baller ballet bambi banana bananas bandung bangalore bangkok bangladesh
bar barbara barbie barbiegirl barca barcelona bartsimpson baseball basketball bastard batman batterystaple
battlefield bayern bayernmunich baz beach beaches beagle bear bears beatles beautiful beautifulgirl beauty beaver
beckham bedroom bee beer beijing belgium bella beloved benfica bengals benjamin bentley berlin besiktas bestfriend
bestfriends beyonce bible bicycle bigboy bigdaddy bigdog biggie bigmama billiards billion billionaire birthday
bismillah bison bitch bitches bitcoin biteme black blackandwhite blackberry blackcat blackhole blackjack blacksabbath
blackwhite blah blahblah blahblahblah bleach blessed blessing blessings blink blockchain blood bloody blossom blue
blueberry bluebird blueeyes bluemoon bluesky bmw bobcat bobmarley bocajuniors bond borussia boston botafogo bowling
boxer boxing boy boyfriend boys brandon brasil brasileiro bratz braves bravo brazil brian bride britain british
britney britneyspears broncos brooklyn brother brothers brown browneyes browns brussels bryan bubblegum bubbles
buddha buddy budweiser buffalo bugatti bugsbunny bull bulldog bulls bullshit bumblebee bunnies bunny business buster
butter butterflies butterfly buzz cadillac cairo calendar california callofduty camaro cambridge canada canadian
candy candyman cappuccino captain captainamerica cardinals carlos carmen carolina caroline carpediem carpenter
cartman casino casper cat catherine cats catwoman celtic celtics central champion champions chanel changeme
changemenow changethis chargers charizard charles charlie charliebrown charlotte cheater cheating checkers cheese
cheeseburger cheesecake cheetah chelsea chemicalromance chennai cherries cherry chess chester chevrolet chevy chicago
chicken chihuahua child children chile chimpanzee china chivas chocolate christ christian christina christine
christmas christopher church cinderella cinnamon cisco citroen claudia cloud clouds cobra cocacola cock coconut
coffee cola coldplay college colombia colombiano colonel colts comein comeonin comet commander company companyname
computer construction consultant contrasena contraseña cookie cookies cooper copenhagen corinthians corona corporate
correcthorse correcthorsebatterystaple corvette cosmos cougar counterstrike cow cowboy cowboys cowgirl coyote crazy
crazyfrog crazygirl crazyman cricket crocodile crow cruzazul crypto crystal cubs cupcake customer cyber
cyberpunk cycling cynthia dad daddy daddysgirl daenerys daisy dallas dance dancer dancing daniel daniela danielle
danmark darkangel darkknight darklord darkness darkside darkstar darling darthvader database daughter david davidson
daydream deadman deadpool dearest death deathnote debian december deejay deer default defaultpassword delhi delta
demo demodemo demon denmark dennis denver depechemode desert desktop destiny destroy destroyer detroit deutschland
developer devil dhaka diablo diamond diamonds diana dickhead digimon digital dinosaur docker doctor dodge dodgers dog
dogecoin doggie doggy dogs dollar dollars dolphin dolphins dominic donald donaldduck dontforget dontknow
donttellanyone donttouch dontworrybehappy door dortmund dota douglas dove dragon dragonball dragonballz dragonfly
dream dreamer dreamers dreams driver drummer drums ducati duck duckling ducky duke dumbass dumbledore dumbo dusty
dvorak eagle eagles earth easter ebay echo ecuador eduardo edward edwardcullen egypt eight electrician elephant
eleven elisabeth elizabeth elsa elvis elvispresley emerald emily eminem emma emperor empire endlesslove energy engine
engineer engineering england english enterprise eric ericka erika espana espresso eternity ethereum eugene euteamo
eutiamo evanescence evening everton everyone everything example excel expecto extreme facebook faith falcon
falcons fallout family familyguy father fatima february felix fenerbahce fernanda fernando ferrari feyenoord fiat
filipino finalfantasy finance findingnemo finland fire fireball firebird firefighter fireman firewall first fish
fisherman fishing five fivesixseven flame flamengo flames flamingo florida flower flowers fluffy foo foobar foobarbaz
football football1234 forest forever foreverandever foreverlove forevermore foreveryoung forgetme forgetmenot forgot
forgotten formula fortnite fortune fotball four fox foxes foxtrot france francesca francesco francisco frank franklin
freak freaky frederick freedom french friday friend friends friendsforever friendship frodo frog froggy frozen fuck
fucker fucking fuckme fuckoff fuckyou fuckyou123 fussball futbol futebol futurama g_czechout gabriel gabriela
gabrielle galatasaray galaxy gameofthrones gamma gandalf ganesh ganesha gangsta gangster garden garfield gary
gatorade gears gecko geek general genius george georgia gerald german germany getout getthingsdone giants ginger
giovanni giraffe girl girlfriend girlpower girls github gitlab giuseppe gladiator gloria gmail goat goaway god
godbless godfather godisgood godisgreat godislove gohome goku gold golden goldfish golf golfer golfing goodbye
goodmorning goodnight goofy google googlegoogle goose gorgeous gorilla gorillaz grace grandma grandpa grapes greece
green greenapple greenday greeneyes gregory gremio griffin grizzly gryffindor gucci guest guestuser guinness guitar
guitarist hacker hackers hacking hackme hades hahaha hahahaha hakunamatata halflife hallelujah halloween halo hamburg
hamburger hamster handsome hannah hanoi happiness happy happybirthday happyday happyfeet happynewyear hardware harley
harleydavidson harleyquinn harold harry harrypotter harvard haslo hassan hawaii hawk hawks heat heather heaven
heavymetal hector heineken helen helena hell hello hellohello hellokitty hellothere helloworld helpdesk helsinki
henry hercules hermione heslo hi highschool hilfiger hinata hiphop hippo hobbit hockey hogwarts holiday holland
hollister hollywood home homer homesweethome homework honda honey honeybear honeybee honeybunny hongkong hope horse
horses hotdog hotel hotelcalifornia hotgirl hotmail hotstuff hottie house houston hug hugs hugsandkisses hulk hummer
hundred hungergames hunter hunter2hunter2 hunting hurricane husband husky hussein hustler hyderabad hyundai
iamawesome iambatman iamgod iamlegend iamtheone ice icecream iceman ichigo ichliebedich idiot idk idontcare idontknow
ihatelife ihatepasswords ihatethis ihateyou ilove ilovechocolate ilovefootball ilovegod ilovejesus iloveme ilovemusic
ilovemydad ilovemyfamily ilovemymom ilovemyself iloveu iloveyou iloveyou1234 iloveyoubaby iloveyouforever
iloveyoumore iloveyousomuch india indian indonesia infinity inlovewithyou insane inshallah instagram intelligent
inter intermilan internet ipad iphone ireland irish ironmaiden ironman isabel isabella isabelle island israel
istanbul itachi italia italian italy itsasecret itsme itsmypassword iubire jack jackson jacob jacqueline jaguar
jaguars jaimatadi jakarta james jamesbond jamie january japan japanese jasmin jasmine jason jasper javier jazz jedi
jeep jeffrey jelszo jenkins jennifer jeremy jerusalem jesse jessica jesus jesuschrist jesusislord jesuslove
jesussaves jetaime jetaimefort joanna john johnny johnson joker jonasbrothers jonathan jordan jordan232323 jose
joseph josephine joshua juan juanita judo julia julian juliana julie july jumpman june jungle juniper jupiter
justdoit justforfun justice justin justinbieber justme juventus kangaroo karachi karate karen katherine kathryn katie
katyperry kawasaki keepout keith kelly kenneth kenya kevin keyboard kia kids kiev killer kimberly king kingdomhearts
kingkong kings kiss kisses kissme kissmyass kitchen kitten kittens kitty kittycat kiwi knicks knight knights koala
kobe kocham kochamcie kodeord korea krakow krishna kristen kristina kubernetes kungfu labrador lacoste ladybug
ladygaga lagos lahore lakers lalala lamborghini laptop larry last lasvegas laugh laughing laura lauren lawrence
lawyer lazio lazydog leagueoflegends lebron ledzeppelin leeds legend legendary lego legolas lemon lemonade leonardo
leopard leslie letmein letmein123456 letmeinnow liberty lightning lilly lily linda linkinpark linux lion lionking
lisa lisbon littlemermaid liverpool lizard lkjhgf lkjhgfdsa lmfao login logon loki lollipop lollol london
lordoftherings loremipsum loremipsumdolor lorenzo losangeles losenord loser lotus louise louisvuitton love lovebaby
lovebird lovebug loveless lovelove lovely loveme lovepeace lover loverboy lovergirl lovers lovesong lovestory loveyou
lozinka lucas lucia lucifer lucky luckycharm luckyday luckyme luffy luigi luis lukeskywalker macbook machine madison
madonna madrid maggie magic magician malaysia mama mamapapa management manager manchester manchesterunited mancity
mandalorian mango manhattan manila manunited manutd maradona marcel march marcos marcus margaret maria mariah mariana
marie marina marine marines mario marion mark market marketing marlene marley marlins marriage married mars martha
martin martina marvel mary maserati mashallah master masterkey mastermind masters mathew matrix matteo matthew
matthias maurice max maximum maxwell may maytheforcebewithyou mazda mechanic megan megatron melanie melbourne melissa
mercedes mercedesbenz mercury merlin merrychristmas messi metal metallica mets mexican mexico miami michael
michael123456 michaeljackson michaeljordan michelle mickey mickeymouse microsoft midnight midnightsun miguel milan
military milk milkshake million millionaire milo miluji mindful mindmap minecraft minnie minniemouse miranda mistake
misty mitsubishi mnbvcxz modem mohamed mohammed molly mom mommy monday money moneymaker moneymoney mongodb monica
monitor monkey monster monsterenergy monsters montreal moon moonlight moonshine moose morgan morning morocco morpheus
moscow moskva mosquito motdepasse mother motherfuck motherfucker motocross motorbike motorcycle motorola mountain
mountains mouse muhammad mulan mumbai mummy munich muse music musica musician mustang myangel mybabe mybaby mycat
mychemical mychemicalromance mydear mydog myfamily myheart mylife mylove mypass mypasswd mypassword mysecret myspace
mysql nana napoli narnia naruto nascar natalia natalie natasha nathan nature navy ncc1701d ncc1701e nelson nemo neo
neptune nerd netflix network never neveragain nevergiveup neverland newcastle newpassword newyear newyork newyorkcity
newzealand neymar nicholas nicolas nicole nigeria nightmare nightowl nightwish nike nine ninja ninjaturtle
ninjaturtles nintendo nirvana nissan nitro nobody nobodyknows noidea nokia noodles noone nopassword norge norway
notebook notes nothanks nothing nothingelsematters notsecret november nuggets number numberone nurse ocean october
odin office officework oldpassword oliver olivia omega omsairam onceuponatime one onedirection onepiece onetwothree
onetwothreefour onion opel open opensesame openup operator optimusprime oracle orange oranges orchid oreo osaka oscar
oslo otter outlook overwatch owl oxford p4ssw0rd1234 pa55word1234 pablo packers pakistan palmeiras pamela pancake
panda pandabear panther paola papa paradise paris parola parool parrot pass pass1234word passcode passkey passphrase
passw0rd passwd password passwort pasta patricia patrick patrickstar patriots paul paula pauline paypal peace
peaceandlove peach peaches peacock peanut peanutbutter pearl pegasus pele penguin penguins penis pepper peppers pepsi
peru peter peterpan peugeot philadelphia philip philippines phillies phillip phoenix piano pig pigeon piggy piglet
pikachu pilot pineapple pink pinkfloyd pinkpanther pinkrose pinky pinocchio pinoy pirate pirates pistons pitbull
pizza planet planner platinum playboy player playgirl playstation pleasechange pleaseletmein plumber pluto pocahontas
poiuyt poiuytrewq pokemon pokemonmaster poker poland polarbear police policeman polska pony poodle popcorn porn
pornstar porsche porto portugal poseidon postgres postgresql potato potter power powerful powerrangers prada prayer
precious predator pretty prettygirl prettywoman prince princess princess1234 printer productivity programmer project
projects psycho puma pumas punk punkrock puppies puppy puppylove purple purplehaze purplerain pussy pussycat pwd
python q1w2e3r4t5 q1w2e3r4t5y6 qazwsx qazwsxedc qazwsxedcrfv queen queenband quickbrownfox qwe qweasd qweasdzxc
qweasdzxc123 qweqwe qwer1234asdf qwerasdfzxcv qwerty qwerty123456 qwertyui qwertyuiop qwertyuiop123 qwertz rabbit
racer rachel racing radiohead rafael raiders rain rainbow rainbows raindrop rainy rakastan rambo rammstein ramon
rangers rapper raptor raspberry rattlesnake raven ravens raymond realmadrid rebecca red redbull redhead redis redrose
redskins redsox reebok reggae regina reindeer remember rememberme reminder renault replaceme restaurant
revenge rhino ricardo rich richard rihanna river riverplate robert roberta roberto roblox robot robots rock rocket
rocketman rockets rocknroll rockstar rockstarenergy rocky rockyou roger rolex rollingstones rollsroyce roma ronald
ronaldinho ronaldo rooster root rootroot rose rosebud rosemary roses rottweiler router roxy royal royalty ruby rugby
runner running russell russia rusty ruth ryan sabrina sadie safe safety saibaba saigon sailormoon saints sakura
salasana sales salmon sam samantha sammy sample samson samsung samuel samurai sandra santos saopaulo sapphire sara
sarah sasuke satan saturday saturn saxophone scarface schalke school schweiz scooby scoobydoo scooter scorpio
scorpion scotland scottish sea seahawks seaside season seasons seattle sebastian second secret secretpassword secure
securepassword security selenagomez semperfi semperfidelis senha seoul september sergeant sergio server service
services sesame seven sevilla seviyorum sex sexsex sexy sexybaby sexygirl sexylady sexything shadow shadowhunter
shadows shakira shanghai shannon shark sharks sharon sheep shelby sheriff shirley shit shithead shiva shrek sifre
sigma signin silver simba simon simone simpsons singapore singer single singlelady sister sisterhood sisters six
skateboard skater skating skeleton skiing skoda skull sky skyline skyrim skywalker slayer slipknot slytherin
smile smiley smiling smokey smoky snake snakes snoopdogg snoopy snow snowball snowboard snowboarding snowflake
snowman snowwhite soccer softball software soldier someone something son sonic sony sophia sophie southafrica
southpark spaceship spaghetti spain spanish sparky sparta spartan spice spicegirls spider spiderman spiders spike
spongebob sporting spotify spring sprite spurs squirrel stairwaytoheaven stallion stanford stanley star starbucks
starcraft stardust starfish starlight stars startrek starwars station stayout steelers stella stephanie stephen steve
steven stockholm storm strawberry street strength strong stronger student stupid subaru success successful suckit
suckme sugar summer sun sunday sunflower sunny sunrise sunset sunshine superadmin superhero superman supernova
supersecret supersonic superstar superuser supervisor superwoman support surabaya surfer surfing susan sushi suzanne
suzuki sverige svetlana swan sweden sweet sweetchildofmine sweetdreams sweetheart sweetie sweetlove sweety swimmer
swimming switzerland sydney sylvia sysadmin system systemadmin szeretlek taekwondo taiwan tamara taskmanager tasks
tatiana taylor taylorswift tazmania tea teacher teamo teamomucho techno temporary temporarypassword temppassword ten
tennis tequiero tequila teresa terminator terrier test tester testing testpassword testtest testuser tetris texans
texas thailand thanksgiving thebeatles theforce thepassword thequickbrownfox theresa theta third thirteen
thisisapassword thisisasecret thisisatest thisisme thisismypassword thisispassword thomas thor thousand three
thuglife thunder thunderbird thunderstruck thursday thx1138 tiamo tickle tickleme tiffany tiger tigger timothy tina
tinker tinkerbell tinkerbelle titan titans tobeornottobe toby todo todolist tokyo tomato tomcat toor topsecret
tornado toronto tortoise totoro tottenham toyota toystory trance transformers travis tree trees trevor trinity trojan
trucker truelove trumpet trust trustno trustno1trustno1 trustnoone tsunami tucker tuesday tulip tupac turbo turkey
turkiye turtle turtles tweety tweetybird twelve twilight twins twitter two tyler ubuntu uchiha ukraine ultimate
unicorn unicorns unitedkingdom universe university uranus usa user username vacation vader vagina valencia valentina
valentine valentines valerie valley valorant vampire vancouver vanessa vanilla vasco vegas vegeta vendetta venezuela
venus veronica versace victor victoria victoriassecret victory vienna vietnam viking vikings vincent vincenzo violet
violin viper virginia vladimir vodka voldemort volkswagen volleyball volvo wachtwoord wales walter warcraft warrior
warriors warsaw warszawa water waterfall watermelon wearethechampions wedding wednesday weekend weirdo welcome
welcomeback welcomehome welcometo wendy werder westham westlife whale whales whatever whatsup whiskers whiskey white
whitesnow whoami whoareyou wife wifi wildcat wildcats william willie window windows wine winner winning winston
winter winteriscoming wireless witch wizard wolf wolfpack wolverine wolves wonderwoman woody work workflow workout
workwork world worldcup worldofwarcraft wrestler wrestling xavier xbox xxxxxx xyz yadayada yahoo yamaha yankees
yellow yoda yolanda yourpassword youtube yvonne zachary zaq12wsxcde3 zaq1xsw2cde3 zebra zelda zero zeus zidane ziggy
zombie zoro zxc zxcv zxcvbn zxcvbnm zxczxc йцукен йцукенгшщз пароль
`
    .trim()
    .split(/\s+/),
);
